internal import Migrations
internal import Objects
internal import Postgres
internal import SQLText
internal import Values

/// The table that a convention keeps its record in, and the statements that change it.
///
/// Its name is always written with its schema: a migration may have changed the search path.
struct MigrationTable: Hashable, Sendable {
  let convention: MigrationConvention
  let schema: String
  /// Whether it is there already.
  let isPresent: Bool

  private var name: QualifiedName {
    QualifiedName(
      schema: schema,
      name: convention == .prisma ? "_prisma_migrations" : "schema_migrations"
    )
  }

  var label: String { name.description }

  // MARK: - Attempts

  /// What an attempt is called among opsh's own: a version alone may be that of several tables.
  func attemptID(_ id: String) -> String { convention == .prisma ? id : "\(label) \(id)" }

  /// The other way; nothing for the attempt at another table.
  func attempt(_ id: String) -> String? {
    guard convention != .prisma else { return id }
    return id.hasPrefix(label + " ") ? String(id.dropFirst(label.count + 1)) : nil
  }

  // MARK: - Making it

  /// As each convention's own program makes it.
  var create: [String] {
    let schema = "create schema if not exists \(SQLIdentifier.quoted(schema))"
    let columns =
      switch convention {
      case .prisma:
        """
        id varchar(36) primary key not null, checksum varchar(64) not null,
        finished_at timestamptz, migration_name varchar(255) not null, logs text,
        rolled_back_at timestamptz, started_at timestamptz not null default now(),
        applied_steps_count integer not null default 0
        """
      case .dbmate: "version varchar(255) primary key"
      case .golangMigrate: "version bigint not null primary key, dirty boolean not null"
      }
    return [schema, "create table if not exists \(name.sql) (\(columns))"]
  }

  // MARK: - Changing it

  /// Times are those of the clock, not of the transaction: several rows made in one keep their order.
  func statements(for change: LedgerChange) -> [(sql: String, binds: [Bind])] {
    let table = name.sql
    switch change {
    case .start(let id, let name, let checksum):
      return [
        (
          """
          insert into \(table) (id, checksum, started_at, migration_name)
          values ($1, $2, clock_timestamp(), $3)
          """, [.text(id), .text(checksum), .text(name)]
        )
      ]
    case .finish(let id):
      return [
        (
          """
          update \(table) set finished_at = clock_timestamp(),
            applied_steps_count = applied_steps_count + 1 where id = $1
          """, [.text(id)]
        )
      ]
    case .fail(let id, let logs):
      return [("update \(table) set logs = $2 where id = $1", [.text(id), .text(logs)])]
    case .rollBack(let id):
      return [
        ("update \(table) set rolled_back_at = clock_timestamp() where id = $1", [.text(id)])
      ]
    case .declare(let id, let name, let checksum):
      return [
        (
          """
          insert into \(table)
            (id, checksum, started_at, finished_at, migration_name, logs, applied_steps_count)
          select $1, $2, t, t, $3, '', 0 from (select clock_timestamp() as t) as moment
          """, [.text(id), .text(checksum), .text(name)]
        )
      ]
    case .add(let version):
      return [("insert into \(table) (version) values ($1)", [.text(version)])]
    case .remove(let version):
      return [("delete from \(table) where version = $1", [.text(version)])]
    case .set(let version):
      var statements: [(sql: String, binds: [Bind])] = [("truncate \(table)", [])]
      if let version {
        statements.append(
          (
            "insert into \(table) (version, dirty) values ($1, $2)",
            [.int(version.version), .bool(version.isDirty)]
          )
        )
      }
      return statements
    }
  }

  // MARK: - Reading it

  var rows: String {
    switch convention {
    case .prisma:
      """
      select id, checksum, migration_name, logs, started_at, finished_at, rolled_back_at,
        applied_steps_count
      from \(name.sql) order by started_at, id
      """
    case .dbmate: "select version::text as version from \(name.sql)"
    case .golangMigrate: "select version, dirty from \(name.sql) limit 1"
    }
  }

  func ledger(_ rows: [Record]) -> MigrationLedger {
    switch convention {
    case .prisma: .prisma(rows.compactMap(PrismaRow.init))
    case .dbmate: .dbmate(Set(rows.compactMap { $0["version"]?.asText }))
    case .golangMigrate:
      .golangMigrate(
        rows.first.flatMap { row in
          row["version"]?.asInt.map { GolangVersion($0, isDirty: row["dirty"]?.asBool == true) }
        }
      )
    }
  }

  // MARK: - The lock

  /// The advisory lock that the convention's own program takes, so that neither meets the other.
  ///
  /// dbmate takes none; two of opsh's still must not meet.
  func lockKey(database: String) -> Int64 {
    guard convention == .golangMigrate else { return 72_707_369 }
    // The name as the program has it from its URL, with the slash.
    let words = ["/" + database, schema, "schema_migrations"].joined(separator: "\0")
    return Int64(CRC32.of(Array(words.utf8)) &* 1_486_364_155)
  }
}

extension PrismaRow {
  init?(_ row: Record) {
    guard let id = row["id"]?.asText, let name = row["migration_name"]?.asText,
      let started = row["started_at"]?.asTime
    else { return nil }
    self.init(
      id: id,
      checksum: row["checksum"]?.asText ?? "",
      name: name,
      logs: row["logs"]?.asText,
      started: started,
      finished: row["finished_at"]?.asTime,
      rolledBack: row["rolled_back_at"]?.asTime,
      steps: row["applied_steps_count"]?.asInt ?? 0
    )
  }
}

/// The checksum of Ethernet and zip (IEEE 802.3), from which golang-migrate makes its lock's number.
enum CRC32 {
  static func of(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
    }
    return sum ^ 0xFFFF_FFFF
  }
}
