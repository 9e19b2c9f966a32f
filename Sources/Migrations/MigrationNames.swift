/// The order of migrations: by bytes, which for usual names is the order of their making.
package enum MigrationNames {
  package static func isBefore(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  /// Says whether a name is of Prisma's own form: `YYYYMMDDHHMMSS_snake_case`.
  static func isUsual(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard bytes.count > 15, bytes[..<14].allSatisfy({ isDigit($0) }), bytes[14] == 0x5F else {
      return false
    }
    return bytes[15...].allSatisfy { isDigit($0) || (0x61...0x7A).contains($0) || $0 == 0x5F }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Two neighbours that one version of Prisma's CLI applies the other way round.
  ///
  /// Newer ones sort by the locale, older ones by bytes. For a name with other letters than those of
  /// ASCII nobody can tell what a locale makes of it.
  static func disagreement(_ names: [String]) -> (String, String)? {
    guard let odd = names.first(where: { !isUsual($0) }) else { return nil }
    if let foreign = names.first(where: { $0.utf8.contains { $0 > 0x7E || $0 < 0x20 } }) {
      let other = names.first { $0 != foreign }
      return other.map { (foreign, $0) } ?? (names.count > 1 ? (foreign, odd) : nil)
    }
    let byBytes = names.sorted(by: isBefore)
    let byLocale = names.sorted { LocaleKey($0) < LocaleKey($1) }
    guard let place = byBytes.indices.first(where: { byBytes[$0] != byLocale[$0] }) else {
      return nil
    }
    return (byBytes[place], byLocale[place])
  }
}

/// How JavaScript's `localeCompare` orders ASCII: signs, then digits, then letters without regard to
/// their case, which decides only between names that are otherwise equal.
private struct LocaleKey: Comparable {
  /// The order of the Unicode collation's root.
  private static let signs = Array(" _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$".utf8)

  let primary: [Int]
  let tertiary: [Int]

  init(_ name: String) {
    primary = name.utf8.map { byte in
      switch byte {
      case 0x30...0x39: 100 + Int(byte - 0x30)
      case 0x41...0x5A: 200 + Int(byte - 0x41)
      case 0x61...0x7A: 200 + Int(byte - 0x61)
      default: Self.signs.firstIndex(of: byte) ?? 0
      }
    }
    tertiary = name.utf8.map { (0x41...0x5A).contains($0) ? 1 : 0 }
  }

  static func < (left: Self, right: Self) -> Bool {
    left.primary == right.primary
      ? left.tertiary.lexicographicallyPrecedes(right.tertiary)
      : left.primary.lexicographicallyPrecedes(right.primary)
  }
}
