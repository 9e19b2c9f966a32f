/// Masks declared secrets in every encoding, and what gives a secret away by its shape.
///
/// Chunks may be cut anywhere: what could be the beginning of a secret is held back until the next
/// chunk or ``finish(into:)`` decides. A mask is `‹NAME›`.
package struct Redactor {
  private let registry: SecretRegistry
  private var patterns: SecretPatterns
  private var version: Int
  private var held: [UInt8] = []
  /// How much of it came after it was looked at last.
  private var unread = 0

  private let looksEverywhere: Bool

  /// - Parameter looksEverywhere: at every place, as slow as that is: what is found then is the
  ///   measure of what may be passed over.
  package init(registry: SecretRegistry, looksEverywhere: Bool = false) {
    self.registry = registry
    self.looksEverywhere = looksEverywhere
    version = registry.currentVersion
    patterns = registry.currentPatterns
  }

  /// Masks one whole text.
  package static func redact(_ text: String, registry: SecretRegistry) -> String {
    var redactor = Redactor(registry: registry)
    let bytes = Array(text.utf8)
    var clean: [UInt8] = []
    redactor.write(bytes, into: &clean)
    redactor.finish(into: &clean)
    return clean == bytes ? text : String(decoding: clean, as: UTF8.self)
  }

  /// Much that waits is looked at again only when it has grown by a part of itself, so that a long
  /// wait in small chunks costs no more than its length.
  private static let muchHeld = 4096

  /// Takes a chunk and appends what is decided by now.
  package mutating func write(_ bytes: [UInt8], into output: inout [UInt8]) {
    refresh()
    guard !held.isEmpty else {
      held = scan(bytes, isFinal: false, into: &output)
      return
    }
    held.append(contentsOf: bytes)
    unread += bytes.count
    guard held.count < Self.muchHeld || unread >= held.count / 4 else { return }
    unread = 0
    let joined = held
    held = scan(joined, isFinal: false, into: &output)
  }

  /// Appends what was held back: nothing will follow it.
  package mutating func finish(into output: inout [UInt8]) {
    refresh()
    let rest = held
    held = []
    unread = 0
    _ = scan(rest, isFinal: true, into: &output)
  }

  private mutating func refresh() {
    let current = registry.currentVersion
    guard current != version else { return }
    version = current
    patterns = registry.currentPatterns
  }

  private struct Match {
    var range: Range<Int>
    var name: String
    var shapes: Shape.Kinds = []
  }

  private enum Finding {
    case match(Match)
    case mismatch
    case needsMore
  }

  private struct Mask {
    /// Where what is masked was recognised; a shape begins before its secret part.
    let found: Int
    var range: Range<Int>
    var name: String
    var longest: Int
    /// Shapes in it, which need not be looked for in it again: they would end where they did.
    var shapes: Shape.Kinds

    init(found: Int, _ match: Match) {
      self.found = found
      range = match.range
      name = match.name
      shapes = match.shapes
      longest = match.range.count
    }

    /// Overlapping secrets are masked as one, by the name of the longest.
    mutating func join(_ other: Match) {
      if other.range.count > longest { name = other.name }
      longest = max(longest, other.range.count)
      shapes.formUnion(other.shapes)
      range =
        min(
          range.lowerBound,
          other.range.lowerBound
        )..<max(range.upperBound, other.range.upperBound)
    }
  }

  /// Gives the bytes that have to wait for more.
  private func scan(_ bytes: [UInt8], isFinal: Bool, into output: inout [UInt8]) -> [UInt8] {
    var start = 0
    var mask: Mask?
    var offset = 0
    var search = CandidateSearch(patterns, looksEverywhere: looksEverywhere)
    while true {
      offset = search.next(in: bytes, from: offset)
      if let done = mask, offset >= done.range.upperBound {
        output.append(contentsOf: bytes[start..<done.range.lowerBound])
        output.append(contentsOf: "‹\(done.name)›".utf8)
        start = done.range.upperBound
        mask = nil
        continue
      }
      guard offset < bytes.count else { break }
      switch find(in: bytes, at: offset, isFinal: isFinal, besides: mask?.shapes ?? []) {
      case .needsMore:
        // A mask that may still grow waits as a whole.
        let end = mask?.found ?? offset
        output.append(contentsOf: bytes[start..<end])
        return waiting(bytes, from: end)
      case .match(let match):
        if mask == nil {
          mask = Mask(found: offset, match)
        } else {
          mask?.join(match)
        }
      case .mismatch where bytes[offset] == UInt8(ascii: "\\"):
        // Behind fewer backslashes stands the same.
        offset = max(offset, SoftBytes.endOfBackslashes(in: bytes, at: offset) - 2)
      case .mismatch: break
      }
      offset += 1
    }
    output.append(contentsOf: bytes[start...])
    return []
  }

  private func waiting(_ bytes: [UInt8], from start: Int) -> [UInt8] {
    start == 0 ? bytes : Array(bytes[start...])
  }

  /// What can begin at an offset, as far as the next two bytes tell.
  private func candidates(in bytes: [UInt8], at offset: Int) -> SecretPatterns.Candidates {
    guard offset + 1 < bytes.count else { return .everything }
    return patterns.filter.pairs[Int(bytes[offset]) << 8 | Int(bytes[offset + 1])]
  }

  /// Looks for the longest match that begins at an offset, and for a shape.
  private func find(
    in bytes: [UInt8],
    at offset: Int,
    isFinal: Bool,
    besides shapes: Shape.Kinds
  ) -> Finding {
    let candidates = candidates(in: bytes, at: offset)
    var best: Match?
    for index in patterns.kinds.indices where candidates.contains(patterns.kinds[index]) {
      let tree = patterns.trees[index]
      var walk = PatternWalk(tree, isFinal: isFinal)
      walk.walk(bytes, at: offset)
      if walk.needsMore { return .needsMore }
      guard let (end, name) = walk.best, best.map({ $0.range.upperBound < end }) ?? true else {
        continue
      }
      best = Match(range: offset..<end, name: tree.names[name])
    }
    if let best { return .match(best) }
    guard candidates.contains(.shape) else { return .mismatch }
    switch Shape.find(in: bytes, at: offset, isFinal: isFinal, besides: shapes) {
    case .match(let range, let kind):
      return .match(Match(range: range, name: kind.name, shapes: Shape.Kinds(kind)))
    case .mismatch: return .mismatch
    case .needsMore: return .needsMore
    }
  }
}
