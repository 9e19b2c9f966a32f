package import Diagnostics
import Objects
import Syntax
package import Values

/// One thing that can stand at a cursor.
package struct Candidate: Hashable, Sendable {
  package enum Kind: String, Sendable {
    case member, action, label, text, stage, keyword, object, function, name, type, format
  }

  /// What stands there instead of the word before the cursor.
  package var text: String
  package var summary: String
  package var kind: Kind

  package init(_ text: String, _ summary: String, _ kind: Kind) {
    self.text = text
    self.summary = summary
    self.kind = kind
  }
}

/// What the checker saw at the cursor.
enum CursorContext {
  /// Behind a `.`.
  case member(StaticType)
  /// An argument of a call: what is not given yet, and the names.
  case argument([Parameter], [String])
  /// Inside a text that is one of these.
  case choice([String])
  /// A value.
  case name([String])
}

/// Candidates for the word at a cursor, from the declarations that the checker reads.
package enum Completion {
  /// Gives what can stand at an offset, the word before it being begun.
  ///
  /// The text before the cursor is parsed and checked with a word of ours at its end; what the
  /// checker meets there is the answer. What a later version brings is never shown.
  package static func candidates(
    in source: SourceText,
    at offset: Int,
    scope: CheckScope
  ) -> [Candidate] {
    let end = min(max(offset, 0), source.bytes.count)
    var start = end
    while start > 0, isWordByte(source.bytes[start - 1]) { start -= 1 }
    let word = String(decoding: source.bytes[start..<end], as: UTF8.self)
    var scope = scope
    scope.isPrompt = true
    let before = Array(source.bytes[..<start])
    let all = Position(before, scope).candidates()
    var seen: Set<String> = []
    return all.filter { $0.text.hasPrefix(word) && seen.insert($0.text).inserted }
  }

  /// Gives the type of the expression that ends at an offset, `any` where it is not known.
  package static func type(
    ofExpressionBefore offset: Int,
    in source: SourceText,
    scope: CheckScope
  ) -> ValueType {
    let end = min(max(offset, 0), source.bytes.count)
    let position = Position(Array(source.bytes[..<end]) + Array(".".utf8), scope)
    if case .member(let owner)? = position.context() { return owner.type }
    return .any
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
