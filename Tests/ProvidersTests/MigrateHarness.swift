import Foundation
import Objects
import PostgresTestSupport
import Stack
import Synchronization
import Testing
import Values

@testable import Providers

/// A database with a folder of migrations of its own.
struct MigrateWorld {
  let folder: MigrationsFolder
  let database: TestDatabase

  init(_ migrations: [String: String], script: String = "") throws {
    folder = try MigrationsFolder(migrations)
    database = try TestDatabase(script, migrations: folder.path)
  }

  init(files: [String: String], script: String = "") throws {
    folder = try MigrationsFolder(files: files)
    database = try TestDatabase(script, migrations: folder.path)
  }

  /// The same by another way to the server, such as one that is cut.
  func service(through port: Int) throws -> PostgresDatabase {
    PostgresDatabase(
      label: database.name,
      name: database.name,
      migrationsFolder: folder.path,
      parameters: try database.parameters(through: port)
    )
  }

  func plan(
    until: String? = nil,
    timeout: TimeSpan? = nil,
    tries: Int64? = nil,
    acceptsEdited: Bool = false
  ) throws(Failure) -> Plan {
    var request = MigrationRequest()
    request.until = until
    request.lockTimeout = timeout
    request.tries = tries
    request.acceptsEdited = acceptsEdited
    return try database.service.migrate(database.target, request, in: database.context)
  }

  /// Applies what is pending; gives the names.
  @discardableResult
  func migrate(key: String = "RUN/do:1") throws(Failure) -> [String] {
    try plan().applied(key: key)
  }

  func resolve(
    _ name: String,
    as resolution: MigrationResolution,
    key: String = "RUN/do:9"
  ) throws(Failure) {
    _ = try database.service.resolve(
      database.target,
      name,
      as: resolution,
      in: database.context
    ).perform(key: key)
  }

  /// Name, and which columns are filled: `init finished steps=1`.
  func rows() throws -> [String] {
    try database.psql(
      """
      select concat_ws(' ', substr(migration_name, 16),
        case when finished_at is not null then 'finished' end,
        case when rolled_back_at is not null then 'rolled-back' end,
        case when logs = '' then 'logs-empty' when logs is not null then 'logs' end,
        'steps=' || applied_steps_count)
      from _prisma_migrations order by started_at
      """
    ).split(separator: "\n").map(String.init)
  }

  func states() throws -> [String] {
    try database.service.migrations(in: database.context).map {
      "\($0.name.split(separator: "_", maxSplits: 1).last ?? "") \($0.state.rawValue)"
    }
  }
}

extension Plan {
  func applied(
    key: String = "RUN/do:1",
    reports: Reports? = nil,
    seen: JSON? = nil,
    in call: CallContext = .test()
  ) throws(Failure) -> [String] {
    guard case .effect(let body) = body else { throw Failure(.value, "no effect") }
    let context = PerformContext(
      call: call,
      key: key,
      seen: seen ?? precondition?.seen,
      report: { reports?.add($0) }
    )
    guard case .record(let record) = try body(context), case .list(let names)? = record["applied"]
    else { throw Failure(.value, "no names") }
    return names.map(\.text)
  }
}

/// What was said on the way; somebody can wait for a word of it.
final class Reports: Sendable {
  private let lines = Mutex<[String]>([])
  private let heard = DispatchSemaphore(value: 0)

  func add(_ line: String) {
    lines.withLock { $0.append(line) }
    heard.signal()
  }

  var all: [String] { lines.withLock { $0 } }

  /// Waits until a line has the word; false if it never comes.
  func wait(for word: String) -> Bool {
    while !all.contains(where: { $0.contains(word) }) {
      guard heard.wait(timeout: .now() + .seconds(30)) == .success else { return false }
    }
    return true
  }
}

extension MigrationsFolder {
  /// Files as they are, for the conventions without a folder for each.
  convenience init(files: [String: String]) throws {
    try self.init([:])
    try FileManager.default.removeItem(atPath: path + "/migration_lock.toml")
    for (name, text) in files { try write(name, text) }
  }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }
}
