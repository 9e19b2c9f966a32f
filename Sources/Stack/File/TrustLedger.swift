package import Values

/// Which stack files were trusted, by their content: a text of `<sha256> <time> <path>` lines.
package struct TrustLedger: Sendable {
  package private(set) var text: String

  package init(_ text: String) {
    self.text = text
  }

  package func trusts(_ hash: String) -> Bool {
    text.split(separator: "\n").contains { $0.split(separator: " ").first.map(String.init) == hash }
  }

  package mutating func add(_ hash: String, path: String, at time: Time) {
    if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
    // A path may hold anything; a line of its own would be a file trusted by nobody.
    let shown = String(path.unicodeScalars.map { $0.value < 0x20 ? "?" : Character($0) })
    text += "\(hash) \(time.text) \(shown)\n"
  }
}
