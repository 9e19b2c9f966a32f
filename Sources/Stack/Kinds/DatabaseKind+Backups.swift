internal import Backups
internal import Objects
internal import Values

/// Backups, restoring, and putting what was restored in place.
extension ObjectKind {
  private static let jobCount = Parameter(
    "jobs",
    .int,
    "how many tables go at once; one if left out",
    isRequired: false
  )

  static let databaseBackups: [Member] = [
    .field("backups", .object("backups"), "the backups that opsh took of it") {
      (it: DatabasePayload) in BackupsPayload(database: it).value
    },
    .read(
      "beside",
      .object("database"),
      "another database of the same server, by its name",
      parameters: [Parameter("name", .text, "its name", isPositional: true)]
    ) {
      (it: DatabasePayload, arguments, context) throws(Failure) in
      guard let name = try arguments.text("name") else {
        throw Failure(.value, "'beside' needs a name")
      }
      let found = try it.backupService().beside(name, in: context)
      return DatabasePayload(found, environment: it.environment).value
    },
    .action(
      "backup",
      gives: .object("backup"),
      "takes a backup of it as it is now; nothing is changed but opsh's own folder",
      effect: .change,
      isOwnRecord: true,
      parameters: [
        Parameter(
          "format",
          .oneOf(Manifest.Format.allCases.map(\.rawValue)),
          "one file, or a folder that several jobs can write at once; custom if left out",
          isRequired: false
        ),
        jobCount,
        Parameter(
          "checksums",
          .bool,
          "hashes every row meanwhile, so that it can be compared; true if left out",
          isRequired: false
        ),
      ]
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      var target = it.target
      target.isOwnRecord = true
      return try it.backupService().backUp(
        target,
        as: try arguments.backupWish(),
        in: context
      ) { it.wrap($0) }
    },
    .action(
      "restore",
      gives: .object("database"),
      "restores a backup into a new database beside it; what it gives is that one",
      effect: .change,
      parameters: [
        Parameter("backup", .any, "the backup, or the path of a dump", isPositional: true),
        Parameter(
          "into",
          .text,
          "the new database's name; this one, which must be empty, if left out",
          isRequired: false
        ),
        jobCount,
        Parameter(
          "owners",
          .bool,
          "false gives all of it to the connecting role, without its rights",
          isRequired: false
        ),
        Parameter(
          "in_place",
          .bool,
          "true drops all that is in this database first, which is lost",
          isRequired: false
        ),
      ]
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      let environment = it.environment
      return try it.backupService().restore(
        it.target,
        try arguments.restoreSource(),
        as: try arguments.restoreWish(),
        in: context
      ) { DatabasePayload($0, environment: environment).value }
    },
    .action(
      "swap",
      gives: .object("database"),
      "puts another database in its place, and keeps this one; what it gives is the kept one",
      effect: .change,
      parameters: [
        Parameter("with", .object("database"), "the one that takes its place")
      ]
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      guard let other = try arguments.object("with", kind: "database") else {
        throw Failure(.value, "'swap' needs the other database")
      }
      let payload: DatabasePayload = try other.payload(for: "swap")
      let environment = it.environment
      return try it.backupService().swap(it.target, with: payload.service, in: context) {
        DatabasePayload($0, environment: environment).value
      }
    },
  ]
}

extension Arguments {
  fileprivate func jobs() throws(Failure) -> Int {
    let jobs = try int("jobs") ?? 1
    guard (1...64).contains(jobs) else {
      throw Failure(.value, "'jobs' must be 1 to 64, but is \(jobs)")
    }
    return Int(jobs)
  }

  fileprivate func backupWish() throws(Failure) -> BackupWish {
    let format = try text("format").flatMap(Manifest.Format.init(rawValue:)) ?? .custom
    let jobs = try jobs()
    guard jobs == 1 || format == .directory else {
      throw Failure(
        .value,
        "only format: \"directory\" can be written by several jobs",
        advice: ["leave jobs: out, or say format: \"directory\""]
      )
    }
    return BackupWish(format: format, jobs: jobs, hashesRows: try bool("checksums") ?? true)
  }

  fileprivate func restoreSource() throws(Failure) -> RestoreSource {
    switch self["backup"] {
    case .text(let path)?: return .file(path)
    case .object?:
      guard let object = try object("backup", kind: "backup") else { break }
      let payload: BackupPayload = try object.payload(for: "restore")
      return .backup(payload.backup)
    default: break
    }
    throw Failure(.value, "'restore' needs a backup, such as ….backups | last 1 | only, or a path")
  }

  fileprivate func restoreWish() throws(Failure) -> RestoreWish {
    let into = try text("into")
    let isInPlace = try bool("in_place") ?? false
    let place: RestoreWish.Place
    switch (into, isInPlace) {
    case (let name?, false): place = .new(name)
    case (nil, false): place = .here
    case (nil, true): place = .overThis
    case (_?, true):
      throw Failure(.value, "'restore' takes 'into:' or 'in_place:', not both")
    }
    return RestoreWish(place: place, jobs: try jobs(), keepsOwners: try bool("owners") ?? true)
  }
}
