/// Finds the places of one text at which something may begin, from its beginning to its end.
///
/// The letters say which stretches are to be looked at, the first bytes say at which of their places.
struct CandidateSearch {
  private let patterns: SecretPatterns
  /// Says that the letters are not asked: every place is looked at.
  private let looksEverywhere: Bool
  private var hash: UInt32
  /// Up to where the letters were read.
  private var read = 0
  /// The stretch that is looked at now; nothing before its end is any more later.
  private var suspects = 0..<0

  init(_ patterns: SecretPatterns, looksEverywhere: Bool) {
    self.patterns = patterns
    self.looksEverywhere = looksEverywhere || patterns.letters.isBlind
    hash = patterns.letters.empty
  }

  /// The first place at or behind an offset; the end of the text if there is none.
  mutating func next(in bytes: [UInt8], from offset: Int) -> Int {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      if looksEverywhere { suspects = 0..<bytes.count }
      while true {
        if offset < suspects.upperBound {
          let start = max(offset, suspects.lowerBound)
          let found = unsafe first(in: bytes, start..<suspects.upperBound)
          if found < suspects.upperBound { return found }
        }
        let end = suspects.upperBound
        guard end < bytes.count, unsafe advance(bytes) else { return bytes.count }
      }
    }
  }

  // MARK: - By the first bytes

  /// The first place of a stretch whose bytes fit; its end if there is none.
  private func first(in bytes: UnsafeBufferPointer<UInt8>, _ stretch: Range<Int>) -> Int {
    let filter = patterns.filter
    return unsafe filter.slots.withUnsafeBufferPointer { slots in
      unsafe filter.thirds.withUnsafeBufferPointer { thirds in
        var offset = stretch.lowerBound
        let last = min(stretch.upperBound, bytes.count - 2)
        while offset < last {
          let pair = unsafe Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
          let slot = unsafe Int(slots[pair])
          if slot != 0, unsafe PairFilter.contains(thirds[slot], bytes[offset + 2]),
            unsafe fits(bytes, offset, filter, pair)
          {
            return offset
          }
          offset += 1
        }
        // Of the last two bytes less is known.
        while offset < stretch.upperBound, unsafe !filter.firsts[Int(bytes[offset])] { offset += 1 }
        return max(offset, stretch.lowerBound)
      }
    }
  }

  /// Looks closer at a place whose first three bytes fit.
  private func fits(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ offset: Int,
    _ filter: PairFilter,
    _ pair: Int
  ) -> Bool {
    let letters = patterns.letters
    let byte = unsafe bytes[offset]
    // No pattern has so many signs before its first letter.
    if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_"),
      letters.longestLead < bytes.count - offset
    {
      var index = offset + 1
      while unsafe letters.isSign(bytes[index]) {
        if index - offset == letters.longestLead { return false }
        index += 1
        guard index < bytes.count else { return true }
      }
    }
    return unsafe filter.pairs[pair].contains(.shape) || filter.mayBegin(bytes, at: offset)
  }

  // MARK: - By the letters

  /// Reads on to the next stretch; says whether there is one.
  private mutating func advance(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let checked = suspects.upperBound
    while read < bytes.count {
      let group = unsafe skip(bytes)
      if let stretch = unsafe suspicious(bytes, group), stretch.upperBound > checked {
        suspects = max(stretch.lowerBound, checked)..<stretch.upperBound
        return true
      }
    }
    // What has too few letters behind it to be told by them.
    let tail = unsafe back(bytes, from: bytes.count, letters: LetterFilter.reach - 1)
    suspects = tail.lowerBound..<bytes.count
    return !suspects.isEmpty
  }

  /// Bytes that have to be looked at, and why.
  private struct Group {
    var range: Range<Int>
    var hasLead = false
    /// Without a letter in it, its gram was asked for before.
    var hasLetter = true
  }

  /// Reads whole groups up to one that has to be looked at; all that follow it at once and have leads
  /// go with it.
  private mutating func skip(_ bytes: UnsafeBufferPointer<UInt8>) -> Group {
    let letters = patterns.letters
    return unsafe letters.entries.withUnsafeBufferPointer { entries in
      unsafe letters.table.withUnsafeBufferPointer { table in
        var hash = hash
        var read = read
        var lead: Int?
        defer {
          self.hash = hash
          self.read = read
        }
        while read &+ 4 <= bytes.count {
          let first = unsafe entries[Int(bytes[read])]
          let second = unsafe entries[Int(bytes[read &+ 1])]
          let third = unsafe entries[Int(bytes[read &+ 2])]
          let fourth = unsafe entries[Int(bytes[read &+ 3])]
          hash = hash &<< first ^ first
          hash = hash &<< second ^ second
          hash = hash &<< third ^ third
          hash = hash &<< fourth ^ fourth
          read &+= 4
          let index = LetterFilter.index(hash)
          let hit = unsafe table[index >> 6] &>> UInt64(index & 63) & 1
          let all = first | second | third | fourth
          guard UInt64(all >> 30) | hit & UInt64(all & 1) != 0 || lead != nil else { continue }
          if all & LetterFilter.lead != 0 {
            lead = lead ?? read &- 4
          } else if let lead {
            return Group(range: lead..<read, hasLead: true)
          } else {
            return Group(range: read &- 4..<read, hasLetter: all & 1 != 0)
          }
        }
        let start = lead ?? read
        while read < bytes.count {
          let entry = unsafe entries[Int(bytes[read])]
          hash = hash &<< entry ^ entry
          if entry & LetterFilter.lead != 0 { lead = lead ?? start }
          read &+= 1
        }
        return Group(range: start..<read, hasLead: lead != nil)
      }
    }
  }

  /// The stretch in which something may begin because of a group; nothing if there is none.
  ///
  /// What began up to seven letters before is in it, so that nothing is left behind by going on.
  private func suspicious(_ bytes: UnsafeBufferPointer<UInt8>, _ group: Group) -> Range<Int>? {
    let letters = patterns.letters
    func stretch(from first: Int) -> Range<Int> {
      let before = unsafe back(bytes, from: first, letters: LetterFilter.reach)
      return before.lowerBound..<group.range.upperBound
    }
    if group.hasLead {
      return group.range.first { unsafe letters.isLead(bytes[$0]) }.map(stretch)
    }
    for offset in group.range where offset > 1 {
      guard unsafe bytes[offset] == UInt8(ascii: "/"),
        unsafe bytes[offset - 1] == UInt8(ascii: "/"), unsafe bytes[offset - 2] == UInt8(ascii: ":")
      else { continue }
      return stretch(from: offset - 2)
    }
    guard group.hasLetter, letters.contains(hash), unsafe isBeginning(bytes, group.range.upperBound)
    else { return nil }
    let all = unsafe back(bytes, from: group.range.upperBound, letters: LetterFilter.reach)
    let later = unsafe back(bytes, from: group.range.upperBound, letters: LetterFilter.gram - 1)
    return all.lowerBound..<max(all.lowerBound, later.lowerBound)
  }

  /// Says whether the gram that ends at a place has all others around it that belong to one beginning.
  ///
  /// What has too few letters before an end or a lead is looked at because of those.
  private func isBeginning(_ bytes: UnsafeBufferPointer<UInt8>, _ end: Int) -> Bool {
    let letters = patterns.letters
    let reach = LetterFilter.reach
    var start = end
    var left = reach
    while left > 0, start > 0 {
      let entry = unsafe letters.entries[Int(bytes[start - 1])]
      if entry & LetterFilter.lead != 0 { break }
      if entry & 31 != 0 { left -= 1 }
      start -= 1
    }
    var count = 0
    var hash = letters.empty
    var row = 0
    var sinceBegin = Int.max
    while start < bytes.count, count < 2 * reach - LetterFilter.gram - left {
      let entry = unsafe letters.entries[Int(bytes[start])]
      start += 1
      if entry & LetterFilter.lead != 0 { break }
      guard entry & 31 != 0 else { continue }
      hash = hash &<< entry ^ entry
      count += 1
      guard count >= LetterFilter.gram else { continue }
      row = letters.contains(hash) ? row + 1 : 0
      sinceBegin = LetterFilter.index(hash) == letters.begin ? 1 : sinceBegin &+ 1
      if row == reach - LetterFilter.gram + 1 || row >= 3 && sinceBegin == 3 { return true }
    }
    return false
  }

  /// So many letters before an end, with what stands before the first of them that is no letter; less
  /// behind a lead and behind what was looked at.
  private func back(
    _ bytes: UnsafeBufferPointer<UInt8>,
    from end: Int,
    letters count: Int
  ) -> Range<Int> {
    let letters = patterns.letters
    var start = end
    var left = count
    while start > suspects.upperBound {
      let entry = unsafe letters.entries[Int(bytes[start - 1])]
      if entry & LetterFilter.lead != 0 { break }
      if entry & 31 != 0 {
        guard left > 0 else { break }
        left -= 1
      }
      start -= 1
    }
    return start..<end
  }
}
