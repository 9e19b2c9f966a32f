/// Masks declared secrets in every encoding, and what gives a secret away by its shape.
///
/// Chunks may be cut anywhere: what could be the beginning of a secret is held back until the next
/// chunk or ``finish(into:)`` decides. A mask is `‹NAME›`.
package struct Redactor {
  private let registry: SecretRegistry
  private var patterns: SecretPatterns
  private var version: Int
  private var held: [UInt8] = []

  package init(registry: SecretRegistry) {
    self.registry = registry
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

  /// Takes a chunk and appends what is decided by now.
  package mutating func write(_ bytes: [UInt8], into output: inout [UInt8]) {
    refresh()
    guard !held.isEmpty else {
      held = scan(bytes, isFinal: false, into: &output)
      return
    }
    held.append(contentsOf: bytes)
    let joined = held
    held = scan(joined, isFinal: false, into: &output)
  }

  /// Appends what was held back: nothing will follow it.
  package mutating func finish(into output: inout [UInt8]) {
    refresh()
    let rest = held
    held = []
    _ = scan(rest, isFinal: true, into: &output)
  }

  private mutating func refresh() {
    let current = registry.currentVersion
    guard current != version else { return }
    version = current
    patterns = registry.currentPatterns
  }

  private struct Mask {
    /// Where what is masked was recognised; a shape begins before its secret part.
    let found: Int
    var range: Range<Int>
    var name: String
    var longest: Int

    init(found: Int, range: Range<Int>, name: String) {
      self.found = found
      self.range = range
      self.name = name
      longest = range.count
    }

    /// Overlapping secrets are masked as one, by the name of the longest.
    mutating func join(_ other: Range<Int>, name: String) {
      if other.count > longest { self.name = name }
      longest = max(longest, other.count)
      range =
        min(range.lowerBound, other.lowerBound)..<max(range.upperBound, other.upperBound)
    }
  }

  /// Gives the bytes that have to wait for more.
  private func scan(_ bytes: [UInt8], isFinal: Bool, into output: inout [UInt8]) -> [UInt8] {
    var start = 0
    var mask: Mask?
    var offset = 0
    while true {
      offset = nextCandidate(in: bytes, from: offset, until: mask?.range.upperBound)
      if let done = mask, offset >= done.range.upperBound {
        output.append(contentsOf: bytes[start..<done.range.lowerBound])
        output.append(contentsOf: "‹\(done.name)›".utf8)
        start = done.range.upperBound
        mask = nil
        continue
      }
      guard offset < bytes.count else { break }
      switch find(in: bytes, at: offset, isFinal: isFinal) {
      case .needsMore:
        // A mask that may still grow waits as a whole.
        let end = mask?.found ?? offset
        output.append(contentsOf: bytes[start..<end])
        return waiting(bytes, from: end)
      case .match(let range, let name):
        if mask == nil {
          mask = Mask(found: offset, range: range, name: name)
        } else {
          mask?.join(range, name: name)
        }
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

  private func nextCandidate(in bytes: [UInt8], from start: Int, until end: Int?) -> Int {
    let limit = min(end ?? bytes.count, bytes.count)
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe patterns.pairs.withUnsafeBufferPointer { pairs in
        var offset = start
        let last = min(limit, bytes.count - 1)
        while offset < last {
          let pair = unsafe Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
          if unsafe pairs[pair] { return offset }
          offset += 1
        }
        if offset < limit, unsafe !patterns.firsts[Int(bytes[offset])] {
          offset += 1
        }
        return max(offset, start)
      }
    }
  }

  /// What a match could begin with, read once for all patterns; nothing where that is not so plain.
  private func firstBytes(in bytes: [UInt8], at offset: Int) -> SecretPatterns.FirstBytes? {
    let byte = bytes[offset]
    guard byte != UInt8(ascii: "\\"), offset + 1 < bytes.count else { return nil }
    if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "&") {
      guard case .found(let encoded) = EncodedByte.read(bytes, at: offset, isFinal: false) else {
        return nil
      }
      return .either(byte, encoded.bytes[0])
    }
    let second = bytes[offset + 1]
    return SoftBytes.canBeginSoftOrEscape(second) ? nil : .pair(byte, second)
  }

  /// Looks for the longest match that begins at an offset, and for a shape.
  private func find(in bytes: [UInt8], at offset: Int, isFinal: Bool) -> Shape.Result {
    var best: (range: Range<Int>, name: String)?
    let first = firstBytes(in: bytes, at: offset)
    for index in patterns.byFirst[Int(bytes[offset])] where patterns.canBegin(index, with: first) {
      var matcher = PatternMatcher(patterns.patterns[index], isFinal: isFinal)
      switch matcher.match(bytes, at: offset) {
      case .mismatch: continue
      case .needsMore: return .needsMore
      case .match(let end):
        if best.map({ $0.range.upperBound < end }) ?? true {
          best = (offset..<end, patterns.patterns[index].name)
        }
      }
    }
    if let best { return .match(best.range, name: best.name) }
    return Shape.find(in: bytes, at: offset, isFinal: isFinal)
  }
}
