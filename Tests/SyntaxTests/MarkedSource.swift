import Diagnostics
import Syntax

/// A text in which `«…»` marks the place that is spoken of.
struct MarkedSource {
  var text: String
  var span: SourceSpan

  init(_ marked: String) {
    let bytes = Array(marked.utf8)
    let opening = Array("«".utf8)
    let closing = Array("»".utf8)
    var plain: [UInt8] = []
    var start = 0
    var end: Int?
    var index = 0
    while index < bytes.count {
      if bytes[index...].starts(with: opening) {
        start = plain.count
        index += opening.count
      } else if bytes[index...].starts(with: closing) {
        end = plain.count
        index += closing.count
      } else {
        plain.append(bytes[index])
        index += 1
      }
    }
    text = String(decoding: plain, as: UTF8.self)
    span = SourceSpan(start, end ?? start)
  }
}

extension FixIt {
  /// Gives the text with the edit made.
  func applied(to text: String) -> String {
    var bytes = Array(text.utf8)
    bytes.replaceSubrange(span.start..<span.end, with: Array(replacement.utf8))
    return String(decoding: bytes, as: UTF8.self)
  }
}
