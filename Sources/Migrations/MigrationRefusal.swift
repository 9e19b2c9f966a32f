package import Values

/// Why nothing is applied or resolved; the table is as it was.
package enum MigrationRefusal: Error, Hashable, Sendable {
  /// An attempt that has no end in the table.
  package struct Unfinished: Hashable, Sendable {
    package var name: String
    package var state: MigrationState
    package var started: Time?
    package var logs: String?

    package init(name: String, state: MigrationState, started: Time?, logs: String?) {
      self.name = name
      self.state = state
      self.started = started
      self.logs = logs
    }
  }

  case alreadyApplied(String)
  case ambiguousOrder(String, String)
  case dirty([String])
  case edited([String])
  case keepsNoFailures(String)
  case nameTooLong(String)
  case needsClientCopy(String, line: Int)
  case needsNoTransaction(String, line: Int)
  case neverStarted(String, known: [String])
  case noChecksums
  case noScript(String, path: String)
  case notFailed(String)
  case notInFolder(String, known: [String])
  case notText(String, reason: String)
  case sameVersion(String, String)
  case schemaNotEmpty(schema: String, table: String)
  case severalConventions(path: String, [MigrationConvention])
  case unfinished([Unfinished])
  case unknown(name: String, known: [String])
  case wrongProvider(String)

  /// What Prisma calls it.
  package var code: String? {
    switch self {
    case .schemaNotEmpty: "P3005"
    case .alreadyApplied: "P3008"
    case .unfinished: "P3009"
    case .nameTooLong: "P3010"
    case .neverStarted: "P3011"
    case .notFailed: "P3012"
    case .noScript: "P3015"
    case .notInFolder: "P3017"
    case .wrongProvider: "P3019"
    default: nil
    }
  }

  package var message: String { code.map { "\(words) (Prisma's \($0))" } ?? words }

  private var words: String {
    switch self {
    case .alreadyApplied(let name): "migration \(name) is applied already"
    case .ambiguousOrder(let first, let second):
      "nobody can tell which of \(first) and \(second) comes first: by bytes it is the one, by a locale the other, and Prisma's versions differ in it"
    case .dirty(let names):
      "migration \(Self.list(names)) was begun and not finished: golang-migrate calls the database dirty"
    case .edited(let names):
      "\(names.count == 1 ? "a migration" : "\(names.count) migrations") that \(names.count == 1 ? "is" : "are") applied \(names.count == 1 ? "has" : "have") another text today: \(Self.list(names))"
    case .keepsNoFailures(let name):
      "dbmate's table keeps no failures: \(name) is either applied or pending"
    case .nameTooLong(let name):
      "the name of a migration must be at most 200 bytes, but '\(name.prefix(40))…' has \(name.utf8.count)"
    case .needsClientCopy(let name, let line):
      "\(name), line \(line), copies from the client: neither Prisma nor opsh sends data along"
    case .needsNoTransaction(let name, let line):
      "\(name), line \(line), can not run in a transaction, which dbmate puts around it"
    case .neverStarted(let name, _): "the table has no migration '\(name)'"
    case .noChecksums: "this machine has no SHA-256: libcrypto can not be opened"
    case .noScript(let name, let path):
      "migration \(name) is pending, but its text \(path) can not be read"
    case .notFailed(let name):
      "migration \(name) did not fail: only what was begun and not finished can be called rolled back"
    case .notInFolder(let name, _): "the folder has no migration '\(name)'"
    case .notText(let name, let reason): "migration \(name) can not be sent: \(reason)"
    case .sameVersion(let first, let second): "\(first) and \(second) have the same version"
    case .schemaNotEmpty(let schema, let table):
      "schema \(schema) has tables, such as \(table), but no record of migrations"
    case .severalConventions(let path, let conventions):
      "\(path) holds migrations of \(conventions.map(\.rawValue).joined(separator: " and ")): which are meant?"
    case .unfinished(let open): Self.words(of: open)
    case .unknown(let name, _): "the folder has no migration '\(name)'"
    case .wrongProvider(let provider):
      "migration_lock.toml says that the migrations are for \(provider), not postgresql"
    }
  }

  private static func words(of open: [Unfinished]) -> String {
    let first = open[0]
    let since = first.started.map { " at \($0.text)" } ?? ""
    let what =
      switch first.state {
      case .failed: "failed\(since)"
      case .running: "was begun\(since) and is still being applied"
      default: "was begun\(since) and never ended: whoever applied it was cut off"
      }
    let others = open.count > 1 ? ", and \(open.count - 1) more like it" : ""
    return "migration \(first.name) \(what)\(others)"
  }

  /// What it means now, and what to type next.
  ///
  /// - Parameter database: how the language calls it, such as `production.database`.
  package func advice(for database: String) -> [String] {
    switch self {
    case .alreadyApplied, .keepsNoFailures, .noChecksums:
      ["nothing was changed; see \(database).migrations"]
    case .ambiguousOrder:
      [
        "nothing was applied; give them names like 20260131120000_add_orders, whose order is the same everywhere"
      ]
    case .dirty(let names):
      [
        "nothing was applied; look what of it is there",
        "if all of it is: do \(database).resolve(\(Self.quoted(names)), as: \"applied\")",
        "if nothing of it is: do \(database).resolve(\(Self.quoted(names)), as: \"rolled back\"), and migrate again",
      ]
    case .edited:
      [
        "nothing was applied; prisma migrate deploy would go on without a word",
        "bring back the text that was applied and put the change into a migration of its own",
        "if the new text does the same: migrate(accept_edited: true)",
      ]
    case .nameTooLong, .noScript, .notText, .sameVersion, .severalConventions, .wrongProvider,
      .needsClientCopy:
      ["nothing was applied"]
    case .needsNoTransaction:
      ["nothing was applied; begin it with: -- migrate:up transaction:false"]
    case .neverStarted(let name, let known), .notInFolder(let name, let known),
      .unknown(let name, let known):
      ["nothing was changed"] + Self.nearest(name, known)
    case .notFailed: ["nothing was changed; see \(database).migrations"]
    case .schemaNotEmpty:
      [
        "nothing was applied: it may hold what the migrations would make",
        "if the tables are those of the migrations up to NAME: do \(database).baseline(NAME)",
        "if they have nothing to do with them: ?schema=NAME in the connection URL keeps them apart",
      ]
    case .unfinished(let open): Self.advice(for: database, open)
    }
  }

  private static func advice(for database: String, _ open: [Unfinished]) -> [String] {
    let name = quoted(open.map(\.name))
    var lines: [String] = []
    if let logs = open[0].logs {
      lines.append("the server said: \(said(logs))")
    }
    if open[0].state == .running {
      return lines + ["nothing was applied; see \(database).activity, and wait for it"]
    }
    return lines + [
      "nothing was applied; look what of it is there",
      "if nothing of it is, or after taking it back: do \(database).resolve(\(name), as: \"rolled back\"), and migrate again",
      "if all of it is, or after doing the rest by hand: do \(database).resolve(\(name), as: \"applied\")",
    ]
  }

  /// The error itself, which Prisma and opsh put behind a heading.
  private static func said(_ logs: String) -> Substring {
    let lines = logs.split(whereSeparator: \.isNewline)
    let heading = lines.firstIndex { $0.hasPrefix("Database error:") }
    let first = heading.map { lines[($0 + 1)...] } ?? lines[...]
    return first.first ?? ""
  }

  private static func quoted(_ names: [String]) -> String { "\"\(names.first ?? "")\"" }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(3).joined(separator: ", ")
    return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
  }

  /// The names that begin or end alike.
  private static func nearest(_ name: String, _ known: [String]) -> [String] {
    let alike = known.filter {
      $0.contains(name) || (!name.isEmpty && $0.hasPrefix(name.prefix(8)))
    }
    let shown = (alike.isEmpty ? Array(known.suffix(3)) : Array(alike.prefix(3)))
    return shown.isEmpty ? [] : ["there is \(shown.joined(separator: ", "))"]
  }
}
