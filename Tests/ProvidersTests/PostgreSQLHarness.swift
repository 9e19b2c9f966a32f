import Foundation
import Objects
import Postgres
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

extension Trait where Self == ConditionTrait {
  /// Skips, and says so, where no PostgreSQL is installed.
  static var needsServer: Self {
    .enabled(if: TestCluster.isAvailable, Comment(rawValue: TestCluster.skipReason))
  }
}

extension CallContext {
  static func test(deadline: TimeSpan = .seconds(30)) -> CallContext {
    CallContext(cancellation: Cancellation(), now: .now(), deadline: deadline)
  }
}

/// An empty database of its own in the tests' cluster.
struct TestDatabase {
  let name: String
  let service: PostgresDatabase
  let context = CallContext.test()

  init(
    _ script: String = "",
    migrations: String? = nil,
    backups: BackupSettings? = nil,
    through port: Int? = nil
  ) throws {
    let cluster = try TestCluster.shared.get()
    name = try cluster.makeDatabase()
    if !script.isEmpty { _ = try cluster.psql(["-q", "-c", script], database: name) }
    service = PostgresDatabase(
      label: name,
      name: name,
      migrationsFolder: migrations,
      backups: backups,
      parameters: try Self.parameters(of: name, through: port ?? cluster.port)
    )
  }

  private static func parameters(
    of name: String,
    through port: Int
  ) throws -> PostgresDatabase.Parameters {
    let cluster = try TestCluster.shared.get()
    var parameters = try ConnectionParameters(url: cluster.url(database: name))
    parameters.hosts[0].port = port
    let reached = parameters
    return { _ in reached }
  }

  /// How to reach the same database by another port.
  func parameters(through port: Int) throws -> PostgresDatabase.Parameters {
    try Self.parameters(of: name, through: port)
  }

  var target: Plan.Target {
    Plan.Target(environment: "production", kind: "database", identity: name)
  }

  func psql(_ sql: String) throws -> String {
    let bytes = try TestCluster.shared.get().psql(["-qAt", "-c", sql], database: name)
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  func query(_ sql: String, _ parameters: Value...) throws(Failure) -> [Record] {
    let stream = try service.query(.of(sql, parameters), in: context)
    var rows: [Record] = []
    while case .record(let row)? = try stream.next() { rows.append(row) }
    return rows
  }

  func execute(
    _ sql: String,
    _ parameters: Value...,
    expecting: ClosedRange<Int64>? = nil,
    allRows: Bool = false,
    batch: WriteRequest.Batch? = nil
  ) throws(Failure) -> Plan {
    let request = WriteRequest(
      [.of(sql, parameters)],
      expecting: expecting.map { [$0] } ?? [],
      changesAllRows: allRows,
      batch: batch
    )
    return try service.execute(target, request, in: context)
  }

  /// Several statements in one transaction.
  func execute(
    _ statements: [String],
    expecting: [ClosedRange<Int64>] = []
  ) throws(Failure) -> Plan {
    let request = WriteRequest(
      statements.map { .of($0) },
      isList: true,
      expecting: expecting
    )
    return try service.execute(target, request, in: context)
  }
}

/// A session of an application, which has nothing to do with opsh.
struct TestDatabaseSession {
  private let connection: Connection

  init(_ database: TestDatabase) throws {
    let cluster = try TestCluster.shared.get()
    let parameters = try ConnectionParameters(url: cluster.url(database: database.name))
    connection = try Connection.open(parameters, readOnly: false)
    _ = try connection.execute("select 1")
  }

  var isEnded: Bool { (try? connection.execute("select 1")) == nil }

  func run(_ sql: String) throws { _ = try connection.execute(sql) }
}

extension SQLTemplate {
  /// A template whose places for values are written `?`.
  static func of(_ sql: String, _ parameters: [Value] = []) -> SQLTemplate {
    let fragments =
      parameters.isEmpty
      ? [sql] : sql.split(separator: "?", omittingEmptySubsequences: false).map(String.init)
    return SQLTemplate(fragments: fragments, parameters: parameters)
  }
}

extension Plan {
  /// Performs the effect as a run would, with a key of its own.
  func perform(
    key: String = "RUN/do:1",
    fence: Fence? = nil,
    in context: CallContext = .test()
  ) throws(Failure) -> Value {
    guard case .effect(let body) = body else {
      throw Failure(.value, "a plan of a service has an effect")
    }
    return try body(PerformContext(call: context, key: key, fence: fence))
  }

  func ask(key: String = "RUN/do:1", in context: CallContext = .test()) throws(Failure) -> Probe {
    guard let probe else { throw Failure(.value, "there is no probe") }
    return try probe(PerformContext(call: context, key: key))
  }
}

/// Catches the failure that something must end with.
func failure<Result>(_ body: () throws(Failure) -> Result) -> Failure? {
  do throws(Failure) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}
