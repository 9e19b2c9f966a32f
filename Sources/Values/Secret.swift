/// Text that must not reach a screen, a log, a transcript or an error message.
///
/// The only way to the text is ``withExposedText(_:)``, so a search for that name lists every place
/// that can leak it.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private final class Storage: Sendable {
    let name: String
    let text: String

    init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  private let storage: Storage

  /// Takes a text that was read from a source.
  ///
  /// `name` is what the mask shows (`‹DATABASE_URL›`) and what a plan's hash takes in.
  package init(name: String, text: String) {
    storage = Storage(name: name, text: text)
  }

  package var name: String { storage.name }

  package func withExposedText<Result, Failure: Error>(
    _ body: (String) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(storage.text)
  }

  /// Compares the texts without leaving early, so that time tells nothing of them.
  package func hasSameText(as other: Secret) -> Bool {
    let left = Array(storage.text.utf8)
    let right = Array(other.storage.text.utf8)
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
  }

  package var description: String { "‹\(name)›" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
