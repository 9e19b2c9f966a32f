internal import Objects
internal import Values

extension ObjectKind {
  private static let migrationName = Parameter(
    "name",
    .text,
    "the migration's name, as migrations shows it",
    isPositional: true
  )

  static let databaseMigrating: [Member] = [
    .action(
      "migrate",
      gives: .fields([.init("applied", .list(of: .text))]),
      "applies the pending migrations of its folder, each whole or not at all where its text allows",
      effect: .change,
      parameters: [
        Parameter(
          "until",
          .text,
          "the last one to apply; all that are pending if left out",
          isRequired: false
        ),
        Parameter(
          "lock_timeout",
          .duration,
          "how long a statement may wait for a lock, while others wait behind it; 3s if left out",
          isRequired: false
        ),
        Parameter(
          "tries",
          .int,
          "how often a migration is tried that got no lock; 5 if left out",
          isRequired: false
        ),
        Parameter(
          "accept_edited",
          .bool,
          "true goes on although an applied migration has another text today",
          isRequired: false
        ),
      ]
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      try it.migrator.migrate(it.target, try arguments.migrationRequest(), in: context)
    },
    .action(
      "resolve",
      "says what became of a migration that stopped, without running anything of it",
      effect: .change,
      parameters: [
        migrationName,
        Parameter(
          "as",
          .oneOf(MigrationResolution.allCases.map(\.rawValue)),
          "applied: all of it is there; rolled back: nothing of it is, so that it is pending again"
        ),
      ]
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      guard let name = try arguments.text("name"), let word = try arguments.text("as"),
        let resolution = MigrationResolution(rawValue: word)
      else {
        throw Failure(.value, "'resolve' needs a name and as: \"applied\" or \"rolled back\"")
      }
      return try it.migrator.resolve(it.target, name, as: resolution, in: context)
    },
    .action(
      "baseline",
      "says that all migrations up to a name are applied already, as by hand or by a restore",
      effect: .change,
      parameters: [migrationName]
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      guard let name = try arguments.text("name") else {
        throw Failure(.value, "'baseline' needs the name of the last migration that is applied")
      }
      return try it.migrator.baseline(it.target, until: name, in: context)
    },
  ]
}

extension DatabasePayload {
  fileprivate var migrator: any MigrationService {
    get throws(Failure) {
      guard let migrator = service.migrator else {
        throw Failure(.usage, "\(service.label) can not apply migrations")
      }
      return migrator
    }
  }
}

extension Arguments {
  fileprivate func migrationRequest() throws(Failure) -> MigrationRequest {
    var request = MigrationRequest()
    request.until = try text("until")
    request.lockTimeout = try duration("lock_timeout")
    request.tries = try int("tries")
    request.acceptsEdited = try bool("accept_edited") ?? false
    if let timeout = request.lockTimeout, timeout < .milliseconds(1) {
      throw Failure(.value, "'lock_timeout' must be at least 1ms, but is \(timeout.text)")
    }
    if let tries = request.tries, !(1...100).contains(tries) {
      throw Failure(.value, "'tries' must be 1 to 100, but is \(tries)")
    }
    return request
  }
}
