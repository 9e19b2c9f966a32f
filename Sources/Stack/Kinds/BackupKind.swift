internal import Backups
package import Objects
internal import Values

struct BackupsPayload: Sendable {
  var database: DatabasePayload

  var value: Value {
    .object(
      ObjectValue(
        .backups,
        identity: "backups of \(database.service.label)",
        environment: database.environment,
        payload: self
      )
    )
  }
}

/// A backup together with the database that it can be restored beside.
struct BackupPayload: Sendable {
  var backup: StoredBackup
  var database: DatabasePayload
  /// When it was looked at.
  var seen: Time

  var value: Value {
    .object(
      ObjectValue(
        .backup,
        identity: backup.name,
        environment: database.environment,
        payload: self
      )
    )
  }

  fileprivate var target: Plan.Target {
    Plan.Target(environment: database.environment, kind: "backup", identity: backup.name)
  }
}

extension DatabasePayload {
  /// - Throws: `usage` where no backups can be taken of it.
  func backupService() throws(Failure) -> any BackupService {
    guard let service = service.backupService else {
      throw Failure(.usage, "opsh can take no backups of \(service.label)")
    }
    return service
  }

  func wrap(_ backup: StoredBackup) -> Value {
    BackupPayload(backup: backup, database: self, seen: .now()).value
  }
}

extension ObjectKind {
  package static let backups = ObjectKind(
    "backups",
    summary: "the backups of a database that opsh took and keeps",
    members: [
      .read("all", .list(of: .object("backup")), "each of them, oldest first") {
        (it: BackupsPayload, _, context) throws(Failure) in
        .list(
          try it.database.backupService().backups(in: context).map { backup in
            BackupPayload(backup: backup, database: it.database, seen: context.now).value
          }
        )
      }
    ]
  )

  package static let backup = ObjectKind(
    "backup",
    summary: "a backup of a database, and how far it can be trusted",
    members: backupFields + backupActions
  )

  private static let backupFields: [Member] = [
    .field("name", .text, "the name of its folder", column: true) { (it: BackupPayload) in
      .text(it.backup.name)
    },
    .field("taken", .time, "the moment that it is of", column: true) { (it: BackupPayload) in
      .time(it.backup.manifest.taken)
    },
    .field("age", .duration, "how long ago that was", column: true) { (it: BackupPayload) in
      .duration(
        TimeSpan(microseconds: it.seen.microseconds - it.backup.manifest.taken.microseconds)
      )
    },
    .field(
      "level",
      .oneOf(TrustLevel.allCases.map(\.rawValue)),
      "what was proved of it, as far as its files are still the same by their sizes",
      column: true
    ) { (it: BackupPayload) in .text(it.backup.level.rawValue) },
    .field("proved", .time, "when that was proved") { (it: BackupPayload) in
      .time(it.backup.proof.at)
    },
    .field("faults", .list(of: .text), "what makes it damaged") { (it: BackupPayload) in
      .list(it.backup.faults.map { .text($0) })
    },
    .field("size", .size, "the bytes of its files", column: true) { (it: BackupPayload) in
      .size(it.backup.manifest.size)
    },
    .field("rows", .int, "the rows of all its tables", column: true) { (it: BackupPayload) in
      .int(it.backup.manifest.rows)
    },
    .field(
      "tables",
      .list(of: .fields([.init("schema", .text), .init("name", .text), .init("rows", .int)])),
      "its tables with their rows"
    ) { (it: BackupPayload) in
      .list(
        it.backup.manifest.tables.map { table in
          .record(
            Record([
              "schema": .text(table.schema), "name": .text(table.name), "rows": .int(table.rows),
            ])
          )
        }
      )
    },
    .field("source", .text, "the database that it is of", column: true) { (it: BackupPayload) in
      .text(it.backup.manifest.label)
    },
    .field(
      "format",
      .oneOf(Manifest.Format.allCases.map(\.rawValue)),
      "the form of the archive, as pg_restore calls it"
    ) { (it: BackupPayload) in .text(it.backup.manifest.format.rawValue) },
    .field("encrypted", .bool, "says whether only the holder of a key can read it") {
      (it: BackupPayload) in .bool(it.backup.manifest.recipient != nil)
    },
    .field("server_version", .text, "the version of the server that it was taken from") {
      (it: BackupPayload) in .text(it.backup.manifest.serverVersion)
    },
    .field("schema_version", .optional(.text), "the newest migration that was applied") {
      (it: BackupPayload) in .orNothing(it.backup.manifest.schemaVersion) { .text($0) }
    },
    .field("lsn", .text, "where the server's log was") { (it: BackupPayload) in
      .text(it.backup.manifest.lsn)
    },
    .field("head", .text, "the hash of its manifest, which the run's journal has as well") {
      (it: BackupPayload) in .text(it.backup.head)
    },
    .field("path", .text, "its folder, for programs such as pg_restore") { (it: BackupPayload) in
      .text(it.backup.path)
    },
  ]

  private static let backupActions: [Member] = [
    .action(
      "verify",
      gives: .object("backup"),
      "proves that it can be trusted, and keeps that; only opsh's own record is changed",
      effect: .change,
      isOwnRecord: true,
      parameters: [
        Parameter(
          "to",
          .oneOf(TrustLevel.provable.map(\.rawValue)),
          "how far: its files are there, read to the end, restored into a server of its own, or compared with what it was taken from",
        ),
        Parameter(
          "head",
          .text,
          "the hash that its manifest must have, as the journal has it",
          isRequired: false
        ),
      ]
    ) { (it: BackupPayload, arguments, context) throws(Failure) in
      guard let level = try arguments.text("to").flatMap(TrustLevel.init(rawValue:)) else {
        throw Failure(.value, "'verify' needs to: \"readable\", \"restorable\" or \"compared\"")
      }
      var target = it.target
      target.isOwnRecord = true
      let database = it.database
      return try database.backupService().verify(
        target,
        it.backup,
        to: level,
        head: try arguments.text("head"),
        in: context
      ) { database.wrap($0) }
    },
    .action("delete", "removes its files", effect: .destroy) {
      (it: BackupPayload, _, context) throws(Failure) in
      try it.database.backupService().deleteBackup(it.target, it.backup, in: context)
    },
  ]
}
