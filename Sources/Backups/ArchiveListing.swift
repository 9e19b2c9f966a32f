/// The table of contents of an archive, as `pg_restore --list` prints it.
///
/// It stands at the archive's beginning, so a listing that is whole says nothing of the data.
package struct ArchiveListing: Hashable, Sendable {
  /// One thing in the archive.
  package struct Entry: Hashable, Sendable {
    /// Such as `TABLE DATA`.
    package var kind: String
    /// Schema, name and owner in one text: names may hold blanks, so only its end is certain.
    package var rest: String

    /// The last word, which is the owner's name unless that holds a blank.
    package var owner: String? {
      rest.split(separator: " ").last.map(String.init)
    }
  }

  package private(set) var database: String?
  package private(set) var serverVersion: String?
  package private(set) var dumpVersion: String?
  package private(set) var entries: [Entry] = []

  /// Longer ones first: each is tried as the beginning of what stands behind the numbers.
  private static let kinds = [
    "SEQUENCE OWNED BY", "MATERIALIZED VIEW DATA", "TABLE ATTACH", "INDEX ATTACH",
    "MATERIALIZED VIEW", "FK CONSTRAINT", "SEQUENCE SET", "EVENT TRIGGER", "DEFAULT ACL",
    "FOREIGN TABLE", "TABLE DATA", "CONSTRAINT", "EXTENSION", "AGGREGATE", "FUNCTION", "PROCEDURE",
    "SEQUENCE", "TRIGGER", "COMMENT", "DEFAULT", "DOMAIN", "SCHEMA", "POLICY", "INDEX", "TABLE",
    "VIEW", "TYPE", "RULE", "ACL",
  ]

  package init(_ text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      if line.hasPrefix(";") {
        comment(line.dropFirst().trimmed)
      } else {
        entry(line)
      }
    }
  }

  /// The number of tables that data stand in it for.
  package var tableCount: Int { entries.count { $0.kind == "TABLE DATA" } }

  private mutating func comment(_ line: String) {
    func value(_ name: String) -> String? {
      line.hasPrefix(name) ? line.dropFirst(name.count).trimmed : nil
    }
    if let name = value("dbname:") { database = name }
    // Such as `15.18 (Debian 15.18-0+deb12u1)`.
    func number(_ text: String) -> String? { text.split(separator: " ").first.map(String.init) }
    if let version = value("Dumped from database version:") { serverVersion = number(version) }
    if let version = value("Dumped by pg_dump version:") { dumpVersion = number(version) }
  }

  /// Such as `3345; 0 16386 TABLE DATA public orders app`.
  private mutating func entry(_ line: Substring) {
    let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true)
    guard parts.count == 4, parts[0].hasSuffix(";"), Int(parts[0].dropLast()) != nil else { return }
    let text = parts[3]
    let kind = Self.kinds.first { text.hasPrefix($0 + " ") }
    let word = kind ?? text.prefix { $0 != " " }.description
    entries.append(Entry(kind: word, rest: text.dropFirst(word.count).trimmed))
  }
}
