import Backups
import Foundation
import Objects
import PostgresTestSupport
import Processes
import Stack
import Values

@testable import Providers

/// A database with a folder for its backups, which is removed in the end.
final class BackedUpDatabase {
  let database: TestDatabase
  let root: String

  /// A few tables of different kinds: with a blank in the name, partitioned, empty, with a sequence.
  static let script = """
    create table orders (id bigserial primary key, customer text not null, total numeric(12, 2),
      at timestamptz not null default now(), data jsonb);
    insert into orders (customer, total, at, data)
      select 'customer ' || n, n * 1.25, '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 min',
        jsonb_build_object('n', n) from generate_series(1, 300) n;
    create table "order items" (order_id bigint references orders, note text, unique (order_id));
    insert into "order items" select id, null from orders where id % 3 = 0;
    create schema shop;
    create table shop.visits (day date not null, count int) partition by range (day);
    create table shop.visits_2026 partition of shop.visits
      for values from ('2026-01-01') to ('2027-01-01');
    insert into shop.visits values ('2026-02-03', 5), ('2026-02-04', null);
    create table empty (x int);
    create view totals as select sum(total) from orders;
    """

  init(
    _ script: String = script,
    migrations: String? = nil,
    change: (inout BackupSettings) -> Void = { _ in }
  ) throws {
    root = NSTemporaryDirectory() + "/opsh-backup-tests-" + UUID().uuidString
    var settings = BackupSettings(root + "/backups")
    change(&settings)
    database = try TestDatabase(script, migrations: migrations, backups: settings)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  var service: PostgresDatabase { database.service }
  var folder: String { root + "/backups" }

  func backUp(
    _ format: Manifest.Format = .custom,
    jobs: Int = 1,
    key: String = "RUN/do:1",
    in context: CallContext = .test()
  ) throws -> StoredBackup {
    let wish = BackupWish(format: format, jobs: jobs, hashesRows: true)
    let plan = try service.backUp(database.target, as: wish, in: context) { .text($0.name) }
    guard case .text(let name) = try plan.perform(key: key, in: context) else {
      throw Failure(.value, "a backup's plan gives what wrap made of it")
    }
    return try found(name)
  }

  /// The backup as it is on the disk now.
  func found(_ name: String) throws -> StoredBackup {
    try BackupFolder(folder).backup(name)
  }

  func verify(_ backup: StoredBackup, to level: TrustLevel, head: String? = nil) throws(Failure) {
    let target = Plan.Target(environment: "production", kind: "backup", identity: backup.name)
    _ = try service.verify(target, backup, to: level, head: head, in: .test()) { _ in .nothing }
      .perform()
  }

  func restorePlan(
    _ source: RestoreSource,
    _ place: RestoreWish.Place,
    jobs: Int = 1,
    owners: Bool = true
  ) throws(Failure) -> Plan {
    try service.restore(
      database.target,
      source,
      as: RestoreWish(place: place, jobs: jobs, keepsOwners: owners),
      in: .test()
    ) { .text($0.databaseName) }
  }

  /// Everything below the folder that is no whole backup's.
  var leftovers: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasPrefix(".") }
  }

  /// Writes a program that stands for one of PostgreSQL's.
  func program(_ name: String, _ script: String) throws {
    let folder = root + "/programs"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = folder + "/" + name
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  /// Programs of the test's own, beside each other in one folder.
  var ownPrograms: ClientPrograms {
    let folder = root + "/programs"
    return ClientPrograms { [folder] }
  }
}

/// What a thing that must fail said: its kind, its message and its advice in one text.
func problem(_ body: () throws -> Void) -> (kind: Failure.Kind?, text: String) {
  do {
    try body()
    return (nil, "nothing failed")
  } catch let failure as Failure {
    return (failure.kind, ([failure.message] + failure.advice).joined(separator: "\n"))
  } catch {
    return (nil, "\(error)")
  }
}
