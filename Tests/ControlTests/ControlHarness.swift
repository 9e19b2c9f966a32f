import Foundation
import Journals
import PostgresTestSupport
import Testing
import Values

@testable import Control

extension Trait where Self == ConditionTrait {
  /// Skips, and says so, where no PostgreSQL is installed.
  static var needsServer: Self {
    .enabled(if: TestCluster.isAvailable, Comment(rawValue: TestCluster.skipReason))
  }
}

/// A control database of its own, and the logins of two people.
struct ControlHarness {
  let cluster: TestCluster
  let name: String

  init(isSetUp: Bool = true) throws {
    cluster = try TestCluster.shared.get()
    name = try cluster.makeDatabase()
    for person in ["ann", "ben", "cid"] {
      _ = try cluster.psql([
        "-q", "-c",
        """
        do $$ begin create role \(person) login;
        exception when duplicate_object or unique_violation then null; end $$
        """,
      ])
    }
    guard isSetUp else { return }
    _ = try owner().setUp(Cancellation())
    for person in ["ann", "ben", "cid"] {
      for grant in ControlDatabase.grants(to: person) { _ = try psql(grant) }
    }
  }

  func url(_ person: String) -> String {
    "postgresql://\(person)@127.0.0.1:\(cluster.port)/\(name)"
  }

  func control(_ person: String, stack: String = "optiq") throws(Failure) -> ControlDatabase {
    try ControlDatabase(url: Secret(name: "OPSH_CONTROL_URL", text: url(person)), stack: stack)
  }

  func owner() throws(Failure) -> ControlDatabase { try control(cluster.user) }

  @discardableResult
  func psql(_ sql: String, as person: String? = nil) throws -> String {
    let login = person.map { ["-d", url($0)] } ?? []
    let bytes = try cluster.psql(["-qAt", "-c", sql] + login, database: name)
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  static func holder(_ run: String, host: String = "laptop") -> EnvironmentLock.Holder {
    .init(who: "nobody", run: run, step: nil, since: Time(microseconds: 0), host: host)
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
