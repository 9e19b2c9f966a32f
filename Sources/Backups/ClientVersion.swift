/// The version of a program of PostgreSQL's, such as 15.18.
package struct ClientVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
  package var major: Int
  package var minor: Int

  package init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Reads `15.18`, or what `--version` prints: `pg_dump (PostgreSQL) 15.18 (Debian …)`.
  package init?(_ text: String) {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard let word = words.first(where: { $0.first?.isNumber == true }) else { return nil }
    let parts = word.split(separator: ".")
    guard let first = parts.first, let major = Int(first.prefix { $0.isNumber }) else { return nil }
    self.major = major
    // A `16beta1` comes before 16.0 and has no fix of any.
    minor = parts.count > 1 ? Int(parts[1].prefix { $0.isNumber }) ?? 0 : 0
  }

  package var description: String { "\(major).\(minor)" }

  package static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  /// A fault of the client programs that was mended, for the major versions whose fix is known.
  private struct Fix {
    let name: String
    let what: String
    let fixed: ClientVersion
  }

  private static let fixes = [
    Fix(
      name: "CVE-2026-18408",
      what: "a plain dump can get out of psql's \\restrict",
      fixed: ClientVersion(major: 15, minor: 19)
    ),
    Fix(
      name: "CVE-2026-116314",
      what: "a crafted archive can run code in pg_restore",
      fixed: ClientVersion(major: 15, minor: 20)
    ),
  ]

  /// Faults that it still has, a line each.
  package var warnings: [String] {
    Self.fixes.filter { $0.fixed.major == major && minor < $0.fixed.minor }.map {
      "the client programs are \(self), older than \($0.fixed): \($0.what) (\($0.name))"
    }
  }
}
