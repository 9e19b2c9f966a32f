/// Says by the letters alone where nothing can begin, so that most of a text is passed over.
///
/// Only bytes that can not be something soft are *letters* here; what may stand between the letters
/// of a secret is passed over, whether it is soft in this secret or not. *Leads* are the bytes with
/// which an encoding, a control sequence or an invisible character begins: around them, the filter
/// says nothing.
///
/// It hashes the last four letters (a *gram*) and asks its table behind every fourth byte. That finds
/// whatever has seven letters before the next lead: between the fourth and the seventh of them are at
/// least four bytes, so one of the first four grams is asked for.
struct LetterFilter: Sendable {
  /// How many letters a gram has.
  static let gram = 4
  /// How many letters have to follow a place so that one of its grams was asked for for certain.
  static let reach = 7
  /// A place at which two slashes may follow a colon, and one at which an encoding may begin.
  static let slash: UInt32 = 1 << 30
  static let lead: UInt32 = 1 << 31

  /// What each byte does to the hash.
  ///
  /// The low five bits are how far the hash is shifted before the whole is mixed in, so that 0 changes
  /// nothing. Five, for letters, leaves the table's index with the last four.
  private(set) var entries = [UInt32](repeating: 0, count: 256)
  /// A bit for each hash of a gram with which a search has to begin.
  private(set) var table = [UInt64](repeating: 0, count: 1 << 12)
  /// A pattern has so few letters that every place has to be looked at.
  private(set) var isBlind = false

  /// The hash before any letter.
  let empty: UInt32
  /// Where the table has the first gram of `BEGIN`, of which only three are known.
  private(set) var begin = 0
  /// So many bytes that are no letters, and no blanks, are the most before a pattern's first letter.
  private(set) var longestLead = 5

  init(_ patterns: [SecretPattern]) {
    for byte in UInt8.min...UInt8.max { entries[Int(byte)] = Self.entry(byte) }
    // What each letter leaves behind is the same for all, so a long row of them is where to begin.
    var hash: UInt32 = 0
    for _ in 0..<8 { hash = hash &<< 5 ^ 5 }
    empty = hash
    for pattern in patterns { add(pattern) }
    // `Authorization`, `Cookie`; a blank follows the BEGIN of a key, so that fewer letters will do.
    add(Array("authori".utf8), grams: 4)
    add(Array("cookie".utf8), grams: 4)
    add(Array("begin".utf8), grams: 3)
    begin = Self.index("begi".utf8.reduce(empty) { $0 &<< entries[Int($1)] ^ entries[Int($1)] })
  }

  /// Where the table has the bit of a hash.
  @inline(__always)
  static func index(_ hash: UInt32) -> Int { Int(hash >> 5 & 0x3FFFF) }

  /// Says that a byte is a letter: it stands for itself in every text.
  @inline(__always)
  func isLetter(_ byte: UInt8) -> Bool { entries[Int(byte)] & 31 != 0 }

  /// Says that a byte is no letter here, and yet one that a secret may hold.
  @inline(__always)
  func isSign(_ byte: UInt8) -> Bool {
    entries[Int(byte)] & (31 | Self.lead) == 0 && !SoftBytes.isSoft(byte)
  }

  /// Says that the table has a hash.
  @inline(__always)
  func contains(_ hash: UInt32) -> Bool {
    let index = Self.index(hash)
    return table[index >> 6] &>> UInt64(index & 63) & 1 != 0
  }

  @inline(__always)
  func isLead(_ byte: UInt8) -> Bool { entries[Int(byte)] & Self.lead != 0 }

  private static func entry(_ byte: UInt8) -> UInt32 {
    if byte == 0x1B || byte == 0x08 || byte == UInt8(ascii: "\\") { return lead }
    switch byte {
    case UInt8(ascii: "/"): return slash
    // Between digits, a blank in a form, an underline, and what URL-safe base64 writes for others.
    case UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "_"):
      return 0
    default: break
    }
    if SoftBytes.isSoft(byte) { return 0 }
    if SoftBytes.isAmbiguous(byte) { return lead }
    return letter(byte)
  }

  /// Capitals are like small letters, since hexadecimal digits are.
  private static func letter(_ byte: UInt8) -> UInt32 {
    let folded = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    // SplitMix64, so that the bits of all letters differ.
    var word = UInt64(folded) &* 0x9E37_79B9_7F4A_7C15
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return UInt32(truncatingIfNeeded: word >> 32) & 0x007F_FFE0 | 5
  }

  // MARK: - What it finds

  private mutating func add(_ pattern: SecretPattern) {
    let lead = pattern.hardBytes.prefix { !isLetter($0) && !isLead($0) }.count
    // A plus may stand for a blank, as often as it likes.
    let hasBlank = pattern.blankBefore.prefix(lead + 1).dropFirst().contains(true)
    longestLead = max(longestLead, hasBlank ? .max : lead)
    var letters: [UInt8] = []
    for byte in pattern.hardBytes where letters.count < Self.reach {
      // A lead is one in the text, too.
      if isLead(byte) { return add(letters, grams: letters.count - Self.gram + 1) }
      if isLetter(byte) { letters.append(byte) }
    }
    guard letters.count >= Self.reach - 1 else {
      isBlind = true
      return
    }
    add(letters, grams: Self.reach - Self.gram + 1)
  }

  /// Adds the first grams of letters; behind their last, one more may be any.
  private mutating func add(_ letters: [UInt8], grams: Int) {
    for start in 0..<max(0, grams) {
      var hash = empty
      for letter in letters[start...].prefix(Self.gram) {
        let entry = entries[Int(letter)]
        hash = hash &<< entry ^ entry
      }
      if start + Self.gram <= letters.count {
        insert(hash)
      } else {
        for entry in Set(entries) where entry & 31 != 0 { insert(hash &<< entry ^ entry) }
      }
    }
  }

  private mutating func insert(_ hash: UInt32) {
    let index = Self.index(hash)
    table[index >> 6] |= 1 << UInt64(index & 63)
  }
}
