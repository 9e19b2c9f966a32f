package import Objects
internal import Migrations
internal import Postgres
internal import SQLText
package import Stack
package import Values

/// Applying migrations: what a plan shows of it.
extension PostgresDatabase: MigrationService {
  package func migrate(
    _ target: Plan.Target,
    _ request: MigrationRequest,
    in context: CallContext
  ) throws(Failure) -> Plan {
    try checkIsDirect(in: context)
    let words = target.environment.map { "\($0).database" } ?? "database"
    let (place, table) = try migrationFolder(in: context)
    guard let history = try migrationStanding(place, in: context) else {
      throw noMigrations(place)
    }
    var deployment = MigrationDecision()
    var scripts: [MigrationScript] = []
    do throws(MigrationRefusal) {
      deployment = try history.deployment(
        until: request.until,
        acceptsEdited: request.acceptsEdited
      )
      for file in deployment.pending {
        scripts.append(try MigrationScript(file, of: table.convention))
      }
    } catch {
      // What is to be found out is how it ended; the probe does that.
      guard context.isSettling else { throw failure(error, of: words) }
    }
    if !table.isPresent { try checkIsEmpty(table, of: words, in: context) }
    guard !deployment.pending.isEmpty || context.isSettling else {
      throw Failure(.nothingToDo, "\(label): no migration is pending")
    }
    let job = MigrationJob(
      database: self,
      table: table,
      scripts: scripts,
      files: deployment.pending,
      request: request,
      target: words
    )
    return try plan(job, deployment, try attested(target, in: context), in: context)
  }

  package func migrationConvention(in context: CallContext) throws(Failure) -> String? {
    try migrationPlace(in: context).table?.convention.rawValue
  }

  private func plan(
    _ job: MigrationJob,
    _ deployment: MigrationDecision,
    _ target: Plan.Target,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let facts = job.scripts.isEmpty ? nil : try facts(for: job.scripts, job.table, in: context)
    let reading = MigrationReading(job.scripts, knowing: facts)
    let marker = try markerAvailability(in: context)
    let isMarked = marker != .missing && job.scripts.allSatisfy(\.isTransaction)
    let count = job.scripts.count
    let names = job.files.map(\.name)
    let request = job.request
    return Plan(
      target: target,
      member: "database.migrate",
      arguments: Self.arguments(request),
      effect: reading.isDestructive ? .destroy : .change,
      effectClass: isMarked ? .marked : .observable,
      summary: "apply \(count == 1 ? "migration \(names[0])" : "\(count) migrations") to \(label)",
      consequences: reading.lines(table: job.table, deployment)
        + (try surroundings(marker, in: context)),
      calls: calls(job),
      precondition: Plan.Precondition(
        "\(count) \(count == 1 ? "migration was" : "migrations were") pending",
        of: "migrations",
        seen: PlannedMigrations.json(job.files)
      ) { [self] (context) throws(Failure) in
        try pendingNow(job, in: context)
      },
      measure: Plan.Measure(
        token: "migrate \(count)",
        summary: "\(count) \(count == 1 ? "migration" : "migrations")",
        isExact: true
      ),
      resultType: .fields([.init("applied", .list(of: .text))]),
      probe: { [self] (context) throws(Failure) in try probe(job, context) },
      found: { (context) throws(Failure) in
        MigrationJob.result(
          context.seen.map { PlannedMigrations.sums($0).keys.sorted(by: MigrationNames.isBefore) }
            ?? names
        )
      },
      body: .effect { (context) throws(Failure) in try job.perform(context) }
    )
  }

  /// Those that were given.
  private static func arguments(_ request: MigrationRequest) -> [(name: String, value: Value)] {
    [
      request.until.map { ("until", .text($0)) },
      request.lockTimeout.map { ("lock_timeout", .duration($0)) },
      request.tries.map { ("tries", .int($0)) },
      request.acceptsEdited ? ("accept_edited", .bool(true)) : nil,
    ].compactMap(\.self)
  }

  /// What else has to be known before: what is broken already, and what opsh can not keep.
  private func surroundings(
    _ marker: Marker.Availability,
    in context: CallContext
  ) throws(Failure) -> [String] {
    var lines = try invalidIndexes(in: context).filter { !$0.isBeingBuilt }.map { index in
      "index \(index.schema).\(index.name) on \(index.table) is invalid already, as a CREATE INDEX CONCURRENTLY leaves it when it fails; mend it with: \(index.mend)"
    }
    switch marker {
    case .present: break
    case .creatable:
      lines.append(
        "makes the tables opsh.marker and opsh.migration_attempt, which tell after a crash what was done"
      )
    case .missing:
      lines.append(
        "the role may not keep the tables opsh.marker and opsh.migration_attempt: after a crash a person has to say what was done"
      )
    }
    return lines
  }

  private func calls(_ job: MigrationJob) -> [Plan.Call] {
    let folder = ByHand.quoted(migrationsFolder ?? ".")
    let byHand =
      switch job.table.convention {
      case .prisma: "npx prisma migrate deploy"
      case .dbmate: "dbmate --migrations-dir \(folder) --no-dump-schema up"
      case .golangMigrate: "migrate -path \(folder) -database \"$DATABASE_URL\" up"
      }
    return job.scripts.map { Plan.Call("\(name): apply \($0.path)", byHand: byHand) }
  }

  private func pendingNow(
    _ job: MigrationJob,
    in context: CallContext
  ) throws(Failure) -> JSON {
    let place = try migrationPlace(in: context)
    let history = try migrationStanding(place, in: context)
    do throws(MigrationRefusal) {
      let deployment = try history?.deployment(
        until: job.request.until,
        acceptsEdited: job.request.acceptsEdited
      )
      return PlannedMigrations.json(deployment?.pending ?? [])
    } catch {
      throw failure(error, of: job.target)
    }
  }

  // MARK: - What is needed

  /// Through a transaction pooler neither the lock nor a setting belongs to one session.
  func checkIsDirect(in context: CallContext) throws(Failure) {
    guard try parameters(context).isPooled else { return }
    throw Failure(
      .refused,
      "\(label) is reached through a pooler (pgbouncer=true), where the lock for migrations holds nothing back",
      advice: [
        "nothing was done; name the URL that goes past it as well:",
        "postgres(url: secret(\"DATABASE_URL\"), direct: secret(\"DIRECT_URL\"))",
      ]
    )
  }

  func migrationFolder(
    in context: CallContext
  ) throws(Failure) -> (MigrationPlace, MigrationTable) {
    guard let path = migrationsFolder else {
      throw Failure(
        .usage,
        "the stack file names no folder of migrations for \(label)",
        advice: ["add it to the database: migrations: \"prisma/migrations\""]
      )
    }
    let place = try migrationPlace(in: context)
    guard place.folder != nil else {
      throw Failure(.usage, "\(label): there is no folder of migrations at \(path)")
    }
    guard let table = place.table, place.folder?.convention != nil else {
      throw noMigrations(place)
    }
    return (place, table)
  }

  private func noMigrations(_ place: MigrationPlace) -> Failure {
    Failure(
      .usage,
      "\(label): \(place.folder?.path ?? "the folder") holds no migrations",
      advice: [
        "opsh knows Prisma's (NAME/migration.sql), dbmate's (N_name.sql with -- migrate:up) and golang-migrate's (N_name.up.sql)"
      ]
    )
  }
}

extension PostgresBacked {
  package var migrator: (any MigrationService)? { postgres }
}
