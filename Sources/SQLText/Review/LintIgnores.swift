/// A finding that a comment before it silences, with the reason.
package struct IgnoredFinding: Hashable, Sendable {
  package var finding: LintFinding
  package var reason: String
}

/// The comments `-- opsh:ignore RULE because …` of a text, each for one finding of the next line of
/// SQL.
struct LintIgnores {
  private struct Comment {
    var offset: Int
    /// The line of SQL behind it.
    var target: Int
    var rule: String
    var reason: String
    var isUsed = false
  }

  private var comments: [Comment] = []
  private static let mark = Array("opsh:ignore".utf8)

  init(_ source: MigrationSource) {
    guard source.bytes.contains(Self.mark[0]), Self.holdsMark(source.bytes) else { return }
    var scanner = RegionScanner(bytes: source.bytes)
    var open: [Int] = []
    while let (region, range) = scanner.next() {
      let isBlank =
        range.count == 1 && [0x20, 0x09, 0x0A, 0x0D].contains(source.bytes[range.lowerBound])
      if region == .comment {
        guard let comment = Self.read(source.text(range), at: range.lowerBound) else { continue }
        comments.append(comment)
        open.append(comments.count - 1)
      } else if !isBlank, !open.isEmpty {
        let line = source.position(of: range.lowerBound).line
        for index in open { comments[index].target = line }
        open = []
      }
    }
  }

  private static func holdsMark(_ bytes: [UInt8]) -> Bool {
    var start = 0
    while let found = bytes[start...].firstIndex(of: mark[0]) {
      if bytes[found...].starts(with: mark) { return true }
      start = found + 1
    }
    return false
  }

  private static func read(_ text: String, at offset: Int) -> Comment? {
    var rest = text.drop { $0 == "-" || $0 == " " || $0 == "\t" }
    guard rest.hasPrefix("opsh:ignore") else { return nil }
    rest = rest.dropFirst(11).drop { $0 == " " }
    let rule = rest.prefix { $0 != " " }
    rest = rest.dropFirst(rule.count).drop { $0 == " " }
    let reason = rest.hasPrefix("because ") ? String(rest.dropFirst(8)) : ""
    return Comment(offset: offset, target: 0, rule: String(rule), reason: reason)
  }

  /// Takes the findings that are silenced out of a statement's, and gives them with the reasons.
  mutating func silence(_ findings: inout [LintFinding], line: Int) -> [IgnoredFinding] {
    guard !comments.isEmpty else { return [] }
    var silenced: [IgnoredFinding] = []
    for index in comments.indices {
      let comment = comments[index]
      guard !comment.isUsed, !comment.reason.isEmpty,
        let found = findings.firstIndex(where: {
          $0.rule.rawValue == comment.rule && ($0.line == comment.target || line == comment.target)
        })
      else { continue }
      comments[index].isUsed = true
      silenced.append(IgnoredFinding(finding: findings.remove(at: found), reason: comment.reason))
    }
    return silenced
  }

  /// What is wrong with those that silenced nothing, with their places.
  var unused: [(message: String, advice: String, offset: Int)] {
    comments.filter { !$0.isUsed }.map { comment in
      if LintRule(rawValue: comment.rule) == nil {
        return (
          "there is no rule '\(comment.rule)', so this silences nothing",
          "the rules are listed by opsh help manual", comment.offset
        )
      }
      if comment.reason.isEmpty {
        return (
          "this silences nothing, for it gives no reason",
          "write -- opsh:ignore \(comment.rule) because …", comment.offset
        )
      }
      return (
        "there is no \(comment.rule) in the line behind it to silence",
        "take it out, so that it does not silence a later one", comment.offset
      )
    }
  }
}
