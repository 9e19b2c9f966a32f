import Backups
import Foundation
import Objects
import Postgres
import PostgresTestSupport
import Stack
import Synchronization
import Testing
import Values

@testable import Providers

@Suite(.needsServer, .timeLimit(.minutes(2))) struct SwapTests {
  private func psql(_ sql: String, in name: String) throws -> String {
    let bytes = try TestCluster.shared.get().psql(["-qAt", "-c", sql], database: name)
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  private func swap(_ world: TestDatabase, with other: PostgresDatabase) throws(Failure) -> Plan {
    try world.service.swap(world.target, with: other, in: .test()) { .text($0.databaseName) }
  }

  /// Clients of an application that write one row after the other, and note what was acknowledged.
  private final class Writers: Sendable {
    private let acknowledged = Mutex<[Int64]>([])
    private let numbers = Mutex<Int64>(0)
    private let stop = Cancellation()
    private let left = Mutex(0)
    private let parameters: ConnectionParameters

    init(_ count: Int, _ database: String) throws {
      let cluster = try TestCluster.shared.get()
      parameters = try ConnectionParameters(url: cluster.url(database: database))
      left.withLock { $0 = count }
      for _ in 0..<count {
        Threads.detach { [self] in
          write()
          left.withLock { $0 -= 1 }
        }
      }
    }

    var count: Int { acknowledged.withLock { $0.count } }
    var all: [Int64] { acknowledged.withLock { $0 } }

    func end() {
      stop.cancel()
      while left.withLock({ $0 }) > 0 { Threads.sleep(.milliseconds(10)) }
    }

    private func write() {
      var connection: Connection?
      while !stop.isCancelled {
        if connection?.isOpen != true {
          connection = try? Connection.open(
            parameters,
            settings: SessionSettings(isReadOnly: false, applicationName: "shop")
          )
        }
        let number = numbers.withLock { number in
          number += 1
          return number
        }
        let sql = "insert into orders (n) values (\(number))"
        if (try? connection?.execute(sql)) != nil {
          acknowledged.withLock { $0.append(number) }
        } else {
          connection?.close()
          connection = nil
          Threads.sleep(.milliseconds(5))
        }
      }
      connection?.close()
    }
  }

  @Test func `under fifty writers no acknowledged write is in neither`() throws {
    let script = "create table orders (n bigint primary key)"
    let world = try TestDatabase(script)
    let other = "other" + world.name.suffix(8)
    _ = try psql("create database \"\(other)\"", in: "postgres")
    _ = try psql(script, in: other)
    let beside = try #require(try world.service.beside(other, in: .test()) as? PostgresDatabase)
    let writers = try Writers(30, world.name)
    while writers.count < 300 { Threads.sleep(.milliseconds(5)) }
    let plan = try swap(world, with: beside)
    #expect(plan.effect == .change)
    guard case .text(let kept) = try plan.perform() else {
      Issue.record("it does not give the one that is kept")
      return
    }
    let swapped = writers.count
    // They find the new one by the old one's name, and go on there.
    while writers.count < swapped + 200 { Threads.sleep(.milliseconds(5)) }
    writers.end()
    let old = Set(
      try psql("select n from orders", in: kept).split(separator: "\n").compactMap { Int64($0) }
    )
    let new = Set(
      try psql("select n from orders", in: world.name).split(separator: "\n").compactMap {
        Int64($0)
      }
    )
    let lost = writers.all.filter { !old.contains($0) && !new.contains($0) }
    #expect(lost.isEmpty, "\(lost.count) of \(writers.count)")
    #expect(old.count >= 300 && new.count >= 200)
    #expect(old.isDisjoint(with: new))
    #expect(kept.hasPrefix("\(world.name)_before_20"))
    let probe = try #require(plan.probe)
    let seen = plan.precondition?.seen
    #expect(try probe(PerformContext(call: .test(), key: "RUN/do:1", seen: seen)) == .done)
    // What is kept can only be read; what is in place can be written.
    #expect(try psql("show default_transaction_read_only", in: kept) == "on")
    #expect(try psql("show default_transaction_read_only", in: world.name) == "off")
  }

  @Test func `owner, rights and settings stay with the place, and it is taken back by a swap`()
    throws
  {
    let world = try TestDatabase("create table t (n int); insert into t values (1), (2)")
    let role = "app" + world.name.suffix(8)
    _ = try world.psql(
      """
      create role \(role); alter database "\(world.name)" owner to \(role);
      revoke connect on database "\(world.name)" from public;
      alter database "\(world.name)" set search_path = shop, "we ird", public;
      alter database "\(world.name)" set my.setting = 'it''s';
      alter role \(role) in database "\(world.name)" set work_mem = '5MB'
      """
    )
    let other = "new" + world.name.suffix(8)
    _ = try psql("create database \"\(other)\"", in: "postgres")
    _ = try psql("create table t (n int); insert into t values (9)", in: other)
    let facts = """
      select pg_get_userbyid(datdba),
        (select array_agg(a::text order by a::text) from unnest(datacl) a),
        (select array_agg(setrole::text || setconfig::text
          order by setrole) from pg_db_role_setting where setdatabase = d.oid)
      from pg_database d where datname = '\(world.name)'
      """
    let before = try psql(facts, in: "postgres")
    let beside = try #require(try world.service.beside(other, in: .test()) as? PostgresDatabase)
    let plan = try swap(world, with: beside)
    #expect(plan.consequences.last == "only in what is kept: 1 rows of t")
    guard case .text(let kept) = try plan.perform() else { return }
    #expect(try psql("select n from public.t", in: world.name) == "9")
    #expect(try psql(facts, in: "postgres") == before)
    let back = try #require(try world.service.beside(kept, in: .test()) as? PostgresDatabase)
    _ = try swap(world, with: back).perform(key: "RUN/do:2")
    #expect(try psql("select count(*) from public.t", in: world.name) == "2")
    #expect(try psql(facts, in: "postgres") == before)
  }

  @Test func `only another database of the same server can be put in place`() throws {
    let world = try TestDatabase()
    let itself = problem { _ = try swap(world, with: world.service) }
    #expect(itself.text.contains("can not be swapped with itself"))
    let unknown = problem { _ = try world.service.beside("nope", in: .test()) }
    #expect(unknown.text.contains("has no database 'nope'"))
    #expect(unknown.text.contains(world.name))
  }
}
