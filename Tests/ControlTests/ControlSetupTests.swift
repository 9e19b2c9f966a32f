import Foundation
import PostgresTestSupport
import Testing
import Values

@testable import Control

@Suite(.needsServer, .timeLimit(.minutes(3))) struct ControlSetupTests {
  private let never = Cancellation()

  @Test func `the schema is made once, and made again changes nothing`() throws {
    let harness = try ControlHarness(isSetUp: false)
    let owner = try harness.owner()
    #expect(try owner.status(never).version == nil)
    #expect(try owner.setUp(never) == nil)
    let made = try harness.psql("select number, at from opsh_control.version")
    #expect(try owner.setUp(never) == ControlDatabase.knownVersion)
    #expect(try harness.psql("select number, at from opsh_control.version") == made)
    let status = try owner.status(never)
    #expect(status.version == ControlDatabase.knownVersion)
    #expect(status.user == harness.cluster.user)
    #expect(status.ownsSchema && status.missingGrants.isEmpty)
  }

  @Test func `two who set it up at once get one schema`() async throws {
    let harness = try ControlHarness(isSetUp: false)
    let found = try await withThrowingTaskGroup(of: Int?.self) { group in
      for _ in 0..<4 {
        let control = try harness.owner()
        group.addTask { try control.setUp(Cancellation()) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(found.count { $0 == nil } == 1)
    #expect(try harness.psql("select count(*) from opsh_control.version") == "1")
  }

  @Test func `an older schema is brought up step by step, and what it holds is kept`() throws {
    let harness = try ControlHarness(isSetUp: false)
    let owner = try harness.owner()
    #expect(try owner.setUp(never, versions: [ControlSchema.versions[0]]) == nil)
    let holder = ControlHarness.holder("R1")
    let held = try owner.acquire("production", as: holder, never)
    try owner.keepHead("head-of-R1", records: 7, of: "R1", never)
    let second = ["alter table opsh_control.lock add column room text not null default 'north'"]
    let versions = ControlSchema.versions[..<1] + [second]
    // What fails in the second step leaves the first as it was.
    let broken = failure { () throws(Failure) in
      try owner.setUp(never, versions: versions.dropLast() + [second + ["select 1 / 0"]])
    }
    #expect(broken?.kind == .refused, "\(String(describing: broken))")
    #expect(try harness.psql("select max(number) from opsh_control.version") == "1")
    #expect(try owner.setUp(never, versions: Array(versions)) == 1)
    #expect(try harness.psql("select number from opsh_control.version order by 1") == "1\n2")
    #expect(try harness.psql("select run, epoch, room from opsh_control.lock") == "R1|1|north")
    #expect(try harness.psql("select head, records from opsh_control.head") == "head-of-R1|7")
    // A second time there is nothing left to do, and no program of before uses what it does not know.
    #expect(try owner.setUp(never, versions: Array(versions)) == 2)
    let fresh = try harness.owner()
    let old = failure { () throws(Failure) in try fresh.acquire("production", as: holder, never) }
    #expect(old?.message.contains("newer opsh: version 2") == true)
    guard case .claim(let claim) = held else { throw Failure(.locked, "\(held)") }
    #expect(claim.epoch == 1)
  }

  @Test func `a setup that fails leaves nothing behind`() throws {
    let harness = try ControlHarness(isSetUp: false)
    try harness.psql("create schema opsh_control; create table opsh_control.takeover (a int)")
    let refused = failure { () throws(Failure) in try harness.owner().setUp(never) }
    #expect(refused?.kind == .refused)
    #expect(refused?.message.contains("already exists") == true)
    #expect(try harness.psql("select to_regclass('opsh_control.lock')") == "")
    #expect(try harness.psql("select to_regclass('opsh_control.version')") == "")
  }

  @Test func `without a schema, with an older one and with a newer one nothing is used`() throws {
    let harness = try ControlHarness(isSetUp: false)
    func heads() -> Failure? {
      failure { () throws(Failure) in try harness.owner().heads(of: "R", never) }
    }
    #expect(heads()?.kind == .usage)
    #expect(heads()?.message.contains("has no schema 'opsh_control' yet") == true)
    #expect(heads()?.advice.last?.contains("opsh doctor --setup-control") == true)
    _ = try harness.owner().setUp(never)
    #expect(heads() == nil)
    try harness.psql("insert into opsh_control.version (number) values (99)")
    #expect(heads()?.message.contains("newer opsh: version 99") == true)
    let setUp = failure { () throws(Failure) in try harness.owner().setUp(never) }
    #expect(setUp?.message.contains("newer opsh: version 99") == true)
    try harness.psql(
      "delete from opsh_control.version; insert into opsh_control.version values (0)"
    )
    #expect(heads()?.message.contains("older opsh: version 0") == true)
  }

  @Test func `a login without rights is told which, and they suffice`() throws {
    let harness = try ControlHarness(isSetUp: false)
    _ = try harness.owner().setUp(never)
    let ann = try harness.control("ann")
    let before = try ann.status(never)
    #expect(before.user == "ann" && !before.ownsSchema)
    #expect(before.missingGrants == ControlDatabase.grants(to: "ann"))
    let refused = failure { () throws(Failure) in try ann.heads(of: "R", never) }
    #expect(refused?.advice.contains("the login lacks a right; opsh doctor says which") == true)
    for grant in before.missingGrants { try harness.psql(grant) }
    #expect(try ann.status(never).missingGrants.isEmpty)
    #expect(try ann.status(never).version == ControlDatabase.knownVersion)
    #expect(try ann.heads(of: "R", never).isEmpty)
    try harness.psql("revoke update on opsh_control.lock from ann")
    #expect(try !ann.status(never).missingGrants.isEmpty)
  }

  @Test func `a server that is down is told as such, and found again`() throws {
    let port = try FreePort.find()
    let dead = try ControlDatabase(
      url: Secret(name: "U", text: "postgresql://ann@127.0.0.1:\(port)/x"),
      stack: "optiq"
    )
    let refused = failure { () throws(Failure) in try dead.heads(of: "R", never) }
    #expect(refused?.kind == .unreachable)
    #expect(refused?.message.hasPrefix("the control database does not answer: ") == true)
    let harness = try ControlHarness()
    let ann = try harness.control("ann")
    #expect(try ann.user(never) == "ann")
    try harness.psql(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'opsh control'"
        + " and datname = current_database()"
    )
    #expect(try ann.user(never) == "ann")
  }

  @Test func `a wrong URL says so without a piece of it`() throws {
    let wrong = failure { () throws(Failure) in
      try ControlDatabase(url: Secret(name: "U", text: "postgresql://a:hunter22/x@h/d"), stack: "s")
    }
    #expect(wrong?.kind == .usage)
    #expect(wrong?.message.contains("secret 'U'") == true)
    #expect(wrong?.message.contains("hunter22") == false)
  }
}
