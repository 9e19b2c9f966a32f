internal import Sinks

/// A piece of HTML in which foreign text can only be text.
///
/// What stands in a literal is markup; every text that is put into it is made harmless and escaped.
/// There is no way from a `String` to markup but through that.
package struct Markup: Sendable, ExpressibleByStringInterpolation {
  package private(set) var text: String

  package init() {
    text = ""
  }

  /// A literal of the program's own source, never a text from elsewhere.
  package init(stringLiteral value: StaticString) {
    text = value.description
  }

  package init(stringInterpolation: Pieces) {
    text = stringInterpolation.text
  }

  /// Takes what the program itself made as it is: a style sheet, a number, a path of a curve.
  ///
  /// A search for this name lists every place at which something is not escaped.
  package init(trusted text: String) {
    self.text = text
  }

  package mutating func append(_ other: Markup) {
    text += other.text
  }

  package static func + (left: Markup, right: Markup) -> Markup {
    var sum = left
    sum.append(right)
    return sum
  }

  package static func += (left: inout Markup, right: Markup) {
    left.append(right)
  }

  /// The text as markup shows it, in an element or between an attribute's double quotes.
  ///
  /// Line ends and tabs stay; what could steer a reader's eye becomes visible.
  package static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { isSpecial($0) }) else { return text }
    var escaped: [UInt8] = []
    for byte in Harmless.text(text, passing: [.newlines, .tabs]).utf8 {
      switch byte {
      case UInt8(ascii: "&"): escaped += "&amp;".utf8
      case UInt8(ascii: "<"): escaped += "&lt;".utf8
      case UInt8(ascii: ">"): escaped += "&gt;".utf8
      case UInt8(ascii: "\""): escaped += "&quot;".utf8
      case UInt8(ascii: "'"): escaped += "&#39;".utf8
      default: escaped.append(byte)
      }
    }
    return String(decoding: escaped, as: UTF8.self)
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
      UInt8(ascii: "'"):
      true
    default: byte < 0x20 || byte >= 0x7F
    }
  }

  package struct Pieces: StringInterpolationProtocol {
    fileprivate var text = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    package mutating func appendLiteral(_ literal: StaticString) {
      text += literal.description
    }

    package mutating func appendInterpolation(_ value: some StringProtocol) {
      text += Markup.escaped(String(value))
    }

    package mutating func appendInterpolation(_ value: Int) {
      text += String(value)
    }

    package mutating func appendInterpolation(_ value: Markup) {
      text += value.text
    }
  }
}

extension Sequence<Markup> {
  package func joined() -> Markup {
    var whole = Markup()
    for piece in self { whole.append(piece) }
    return whole
  }
}
