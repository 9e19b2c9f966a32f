import Foundation
import Postgres
import PostgresTestSupport
import SQLText
import Synchronization
import Testing

/// What the review of a statement says before it runs is what the server then does.
@Suite(.serialized, .needsServer, .timeLimit(.minutes(6))) struct LockPredictionTests {
  private static let laboratory = Result { try Laboratory() }

  @Test func `every statement of the facts, and the same meaning in other words`() throws {
    let laboratory = try Self.laboratory.get()
    for example in LockLaboratory.cases {
      let variants = Paraphrase.all(of: example.sql)
      #expect(variants.count >= 3)
      for sql in [example.sql] + variants {
        let predicted = try laboratory.predict(sql)
        let measured = try laboratory.measure(sql, looking: predicted)
        #expect(predicted == measured, "\(sql)")
        let tables = predicted.locks.filter { example.locks[$0.key] != nil }
        #expect(tables == example.locks, "\(sql)")
        #expect(predicted.rewritten.intersection(laboratory.tables) == example.rewritten, "\(sql)")
      }
    }
  }

  @Test func `further statements`() throws {
    let laboratory = try Self.laboratory.get()
    var ran = 0
    for sql in LockLaboratory.others {
      let predicted = try laboratory.predict(sql)
      guard let measured = try? laboratory.measure(sql, looking: predicted) else { continue }
      ran += 1
      #expect(predicted == measured, "\(sql)")
    }
    #expect(ran > 70)
  }

  @Test func `a column's new type rewrites the table exactly where it is said to`() throws {
    let laboratory = try Self.laboratory.get()
    var ran = 0
    for zone in ["UTC", "Europe/Berlin"] {
      // The zone only matters to times.
      let types = LockLaboratory.types.filter { zone == "UTC" || $0.hasPrefix("time") }
      for old in types {
        let name = "c\(ran)"
        let setup = "begin; set timezone = '\(zone)'; create table \(name) (x \(old));"
        guard (try? laboratory.connection.executeScript(setup)) != nil else { continue }
        defer { _ = try? laboratory.connection.executeScript("rollback") }
        let facts = try laboratory.facts([name, "x"])
        let file = try laboratory.file(of: name)
        for new in types where new != old {
          let sql = "alter table \(name) alter column x type \(new)"
          guard let isRewritten = try? laboratory.rewrites(name, in: file, sql) else { continue }
          ran += 1
          let review = try MigrationReview(Array(sql.utf8), knowing: facts)
          #expect(review.statements[0].rewrites.isEmpty != isRewritten, "\(zone): \(old) to \(new)")
        }
      }
    }
    #expect(ran > 300)
  }

  @Test func `statements that run outside of a transaction, seen while they wait`() throws {
    let laboratory = try Self.laboratory.get()
    let cases: [(String, String, LockMode)] = [
      ("create index concurrently on t(b)", "t", .shareUpdateExclusive),
      ("drop index concurrently t_c", "t", .shareUpdateExclusive),
      ("reindex index concurrently t_c", "t", .shareUpdateExclusive),
      ("reindex table concurrently t", "t", .shareUpdateExclusive),
      ("vacuum t", "t", .shareUpdateExclusive), ("vacuum full t", "t", .accessExclusive),
      (
        "alter table part detach partition part1 concurrently", "part", .shareUpdateExclusive
      ),
    ]
    for (sql, table, mode) in cases {
      for text in [sql] + Paraphrase.all(of: sql) {
        let review = try laboratory.review(text)
        let predicted = review.locks.first { $0.table.name == table }
        #expect(predicted?.mode == mode, "\(text)")
        #expect(!review.isTransactional, "\(text)")
        #expect(try laboratory.waitingLock(text) == "\(table) \(mode.rawValue)", "\(text)")
      }
    }
  }
}

/// What a statement does to the relations that were there before.
private struct Effects: Equatable {
  var locks: [String: LockMode]
  var rewritten: Set<String>
}

private final class Laboratory: Sendable {
  let connection: Connection
  private let database: String
  /// Names by their number, and the file of each.
  private let names: [String: String]
  private let files: [String: String]
  let tables: Set<String>
  private let known: DatabaseFacts

  init() throws {
    database = try TestCluster.shared.get().makeDatabase()
    connection = try openConnection(database: database)
    _ = try? connection.executeScript("create role opsh_lab_role")
    try connection.executeScript(LockLaboratory.setup)
    try connection.executeScript("grant create on schema lab to opsh_lab_role")
    let rows = try allRows(
      connection.query(
        "select oid::text, relname::text, relfilenode::text, relkind::text from pg_class "
          + "where relnamespace = 'lab'::regnamespace"
      )
    )
    names = Dictionary(uniqueKeysWithValues: rows.map { ($0[0] ?? "", $0[1] ?? "") })
    files = Dictionary(uniqueKeysWithValues: rows.map { ($0[0] ?? "", $0[2] ?? "") })
    tables = Set(rows.filter { $0[3] != "i" && $0[3] != "I" }.compactMap { $0[1] })
    known = try Self.facts(Array(names.values) + ["lab_volatile"], connection)
  }

  func facts(_ names: [String]) throws -> DatabaseFacts { try Self.facts(names, connection) }

  private static func facts(_ names: [String], _ connection: Connection) throws -> DatabaseFacts {
    let rows = try allRows(connection.query(DatabaseFacts.query, [.textArray(names)]))
    return DatabaseFacts(rows: rows)
  }

  func review(_ sql: String) throws -> MigrationReview {
    try MigrationReview(Array(sql.utf8), knowing: known)
  }

  /// Before anything runs.
  func predict(_ sql: String) throws -> Effects {
    let review = try review(sql)
    var locks: [String: LockMode] = [:]
    for lock in review.locks { locks[lock.table.name] = lock.mode }
    return Effects(
      locks: locks,
      rewritten: Set(review.statements.flatMap(\.rewrites).map(\.name))
    )
  }

  /// Runs it in a transaction, looks, and takes it back.
  ///
  /// An index counts where it was predicted:
  /// that of a table goes with its table.
  func measure(_ sql: String, looking predicted: Effects) throws -> Effects {
    defer { _ = try? connection.executeScript("rollback") }
    try connection.executeScript("begin; " + sql)
    // A sequence is one row, which ALTER SEQUENCE puts into a new file.
    let rows = try allRows(
      connection.query(
        """
        select relation::text, mode, null from pg_locks
        where pid = pg_backend_pid() and locktype = 'relation' and granted
        union all
        select oid::text, null, relfilenode::text from pg_class
        where relkind <> 'S' and relnamespace = 'lab'::regnamespace
        """
      )
    )
    var effects = Effects(locks: [:], rewritten: [])
    for row in rows {
      guard let name = names[row[0] ?? ""] else { continue }
      let isTable = tables.contains(name)
      if let mode = row[1].flatMap(LockMode.init) {
        guard isTable || predicted.locks[name] != nil else { continue }
        effects.locks[name] = max(effects.locks[name] ?? mode, mode)
      } else if files[row[0] ?? ""] != row[2], isTable || predicted.rewritten.contains(name) {
        effects.rewritten.insert(name)
      }
    }
    return effects
  }

  /// The file in which a table is.
  func file(of table: String) throws -> [[String?]] {
    try allRows(connection.query("select pg_relation_filenode('\(table)')::text"))
  }

  /// Runs a statement in the open transaction and says whether the table is in another file then.
  func rewrites(_ table: String, in file: [[String?]], _ sql: String) throws -> Bool {
    defer { _ = try? connection.executeScript("rollback to s") }
    try connection.executeScript("savepoint s; " + sql)
    return try self.file(of: table) != file
  }

  /// The lock for which a statement waits behind another session, after which it is cancelled.
  func waitingLock(_ sql: String) throws -> String {
    let (holder, other) = (
      try openConnection(database: database), try openConnection(database: database)
    )
    try other.executeScript("set search_path = lab")
    try holder.executeScript(
      "begin; lock table lab.t, only lab.part in share update exclusive mode"
    )
    let done = DispatchSemaphore(value: 0)
    Thread {
      _ = try? other.execute(sql)
      done.signal()
    }.start()
    let waiting = """
      select c.relname || ' ' || l.mode from pg_locks l join pg_class c on c.oid = l.relation
      where l.pid = \(other.backendID) and not l.granted
      """
    var found: [[String?]] = []
    let start = ContinuousClock.now
    while found.isEmpty, ContinuousClock.now - start < .seconds(20) {
      found = try allRows(holder.query(waiting))
    }
    _ = try allRows(holder.query("select pg_cancel_backend(\(other.backendID))"))
    done.wait()
    return found.first?.first.flatMap { $0 } ?? ""
  }
}

/// The same statement in other words.
private enum Paraphrase {
  static func all(of sql: String) -> [String] {
    [
      spaced(sql) { _ in "/* a ; ' /* nested */ */" } + " -- ' the end",
      "-- first; line\n" + spaced(upper(sql)) { $0 % 2 == 0 ? "\n\t" : " " },
      quoted(sql),
      dollars(quoted(upper(sql))),
    ]
  }

  /// Everything outside of quotes, a piece at a time.
  private static func outside(_ sql: String, _ change: (String) -> String) -> String {
    let parts = sql.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
    return parts.enumerated().map { $0 % 2 == 0 ? change($1) : $1 }.joined(separator: "'")
  }

  private static func spaced(_ sql: String, _ space: (Int) -> String) -> String {
    var count = 0
    return outside(sql) { part in
      part.map { character -> String in
        guard character == " " else { return String(character) }
        count += 1
        return space(count)
      }.joined()
    }
  }

  private static func upper(_ sql: String) -> String { outside(sql) { $0.uppercased() } }

  /// The laboratory's own names in quotes, and its tables with their schema.
  private static func quoted(_ sql: String) -> String {
    outside(sql) { part in
      words(of: part).map { word in
        switch word.lowercased() {
        case "t", "parent", "part", "mv", "v", "dt": "lab.\"\(word.lowercased())\""
        case "part1", "part2", "t_a_u", "chk_nv", "fk_nv", "nn", "p_id": "\"\(word.lowercased())\""
        default: word
        }
      }.joined()
    }
  }

  private static func words(of text: String) -> [String] {
    var words: [String] = []
    for character in text {
      let isWord = character.isLetter || character.isNumber || character == "_"
      if isWord, let last = words.last?.last, last.isLetter || last.isNumber || last == "_" {
        words[words.count - 1].append(character)
      } else {
        words.append(String(character))
      }
    }
    return words
  }

  /// Texts in dollar quotes.
  private static func dollars(_ sql: String) -> String {
    let parts = sql.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
    return parts.enumerated().map { $0 % 2 == 0 ? $1 : "$q$\($1)$q$" }.joined()
  }
}
