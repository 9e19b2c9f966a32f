package import Diagnostics

/// A text in which `«` and `»` mark a place.
package struct MarkedText: Sendable {
  /// The text without the marks.
  package let text: String
  /// The marked place; nothing if there is none.
  package let span: SourceSpan?

  package init(_ marked: String) {
    var text: [UInt8] = []
    var start: Int?
    var end: Int?
    for character in marked {
      switch character {
      case "«": start = text.count
      case "»": end = text.count
      default: text += Array(String(character).utf8)
      }
    }
    self.text = String(decoding: text, as: UTF8.self)
    if let start { span = SourceSpan(start, end ?? start) } else { span = nil }
  }
}

extension FixIt {
  /// Gives the text after the edit.
  package func applied(to text: String) -> String {
    let bytes = Array(text.utf8)
    let edited =
      bytes[..<span.start] + Array(replacement.utf8) + bytes[max(span.start, span.end)...]
    return String(decoding: edited, as: UTF8.self)
  }
}
