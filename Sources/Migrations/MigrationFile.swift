/// Whose way of keeping migrations a folder follows.
package enum MigrationConvention: String, Hashable, Sendable, CaseIterable {
  /// A folder for each, with `migration.sql`, and the table `_prisma_migrations`.
  case prisma = "Prisma"
  /// A file for each, with `-- migrate:up` in it, and the table `schema_migrations(version)`.
  case dbmate
  /// `N_name.up.sql` and `N_name.down.sql`, and the table `schema_migrations(version, dirty)`.
  case golangMigrate = "golang-migrate"
}

/// One migration of a folder.
package struct MigrationFile: Hashable, Sendable {
  /// What people and Prisma's table call it: the folder's name, or the file's without its ending.
  package var name: String
  /// What a `schema_migrations` calls it; Prisma has only the name.
  package var version: String
  /// Where its text is, from the migrations folder on.
  package var path: String
  /// The whole file; nothing where it can not be read.
  package var text: [UInt8]?
  /// The part of it that is run, in bytes.
  package var script: Range<Int>
  /// Says that it wants no transaction around it (dbmate's `transaction:false`).
  package var isOutsideTransaction = false

  package init(name: String, version: String, path: String, text: [UInt8]?) {
    self.name = name
    self.version = version
    self.path = path
    self.text = text
    script = 0..<(text?.count ?? 0)
  }
}

/// dbmate's way of writing both directions into one file.
package enum DbmateText {
  /// Finds the part that is run; nothing where the file has no `-- migrate:up`.
  package static func up(_ text: [UInt8]) -> (script: Range<Int>, isOutsideTransaction: Bool)? {
    var start: Int?
    var end = text.count
    var isOutside = false
    var line = 0
    while line < text.count {
      let next = text[line...].firstIndex(of: 10).map { $0 + 1 } ?? text.count
      switch directive(text[line..<next]) {
      case ("migrate:up", let options)? where start == nil:
        start = line
        isOutside = options.contains("transaction:false")
      case ("migrate:down", _)? where start != nil: end = min(end, line)
      default: break
      }
      line = next
    }
    return start.map { ($0..<end, isOutside) }
  }

  /// Reads `-- migrate:up transaction:false`.
  private static func directive(_ line: ArraySlice<UInt8>) -> (String, [String])? {
    guard line.starts(with: Array("--".utf8)) else { return nil }
    let words = String(decoding: line.dropFirst(2), as: UTF8.self)
      .split(whereSeparator: \.isWhitespace).map(String.init)
    guard let first = words.first, first == "migrate:up" || first == "migrate:down" else {
      return nil
    }
    return (first, Array(words.dropFirst()))
  }
}
