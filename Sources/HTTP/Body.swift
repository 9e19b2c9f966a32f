/// The bytes that a request carries, some of which may be secret.
package struct Body: Hashable, Sendable {
  package struct Part: Hashable, Sendable {
    package let bytes: [UInt8]
    package let isSecret: Bool
  }

  package private(set) var parts: [Part]

  package init(_ bytes: [UInt8] = []) {
    parts = bytes.isEmpty ? [] : [Part(bytes: bytes, isSecret: false)]
  }

  package init(_ text: String) {
    self.init(Array(text.utf8))
  }

  /// Appends bytes that may be shown.
  package mutating func append(_ text: String) {
    parts.append(Part(bytes: Array(text.utf8), isSecret: false))
  }

  /// Appends bytes that no description and no error ever shows.
  package mutating func append(secret text: String) {
    parts.append(Part(bytes: Array(text.utf8), isSecret: true))
  }

  package var count: Int { parts.reduce(0) { $0 + $1.bytes.count } }

  /// What goes over the wire, secrets included.
  var bytes: [UInt8] { parts.flatMap(\.bytes) }
}

extension Body: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String {
    parts.map { $0.isSecret ? "<secret>" : String(decoding: $0.bytes, as: UTF8.self) }.joined()
  }

  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
