internal import Migrations
internal import Objects
internal import Postgres
internal import Values

/// A folder and the table that belongs to it.
struct MigrationPlace: Sendable {
  /// Nothing where the stack file names none, or where it is not there.
  let folder: MigrationFolder?
  /// Where the record is or will be; nothing where there is neither table nor folder.
  let table: MigrationTable?
}

extension PostgresDatabase {
  /// Reads the folder, and finds the table.
  func migrationPlace(in context: CallContext) throws(Failure) -> MigrationPlace {
    let folder: MigrationFolder?
    do throws(MigrationRefusal) {
      folder =
        try migrationsFolder.map { path throws(MigrationRefusal) in
          try MigrationFolder.read(path)
        } ?? nil
    } catch {
      throw failure(error)
    }
    return MigrationPlace(folder: folder, table: try migrationTable(for: folder, in: context))
  }

  /// Every table that may be a record of migrations.
  private static let candidates = """
    select n.nspname::text as schema, c.relname::text as name,
      exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'dirty'
        and not a.attisdropped) as dirty,
      current_schema()::text as current
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and c.relname in ('_prisma_migrations', 'schema_migrations')
      and n.nspname !~ '^pg_(temp|toast)'
    order by 1
    """

  private func migrationTable(
    for folder: MigrationFolder?,
    in context: CallContext
  ) throws(Failure) -> MigrationTable? {
    let named = try parameters(context).schema
    let found = try rows(Self.candidates, in: context)
    func schemas(_ name: String, dirty: Bool? = nil) -> [String] {
      found.filter {
        $0["name"]?.asText == name && (dirty == nil || $0["dirty"]?.asBool == dirty)
      }.compactMap { $0["schema"]?.asText }
    }
    let convention: MigrationConvention
    if let known = folder?.convention {
      convention = known
    } else if !schemas("_prisma_migrations").isEmpty {
      convention = .prisma
    } else if !schemas("schema_migrations").isEmpty {
      convention = schemas("schema_migrations", dirty: true).isEmpty ? .dbmate : .golangMigrate
    } else {
      return nil
    }
    let isPrisma = convention == .prisma
    let present = isPrisma ? schemas("_prisma_migrations") : schemas("schema_migrations")
    let usual = isPrisma ? "public" : try currentSchema(in: context)
    let schema = try self.schema(named: named, usual: usual, present)
    return MigrationTable(
      convention: convention,
      schema: schema,
      isPresent: present.contains(schema)
    )
  }

  /// What the URL says; or else where the one table is.
  ///
  /// A table elsewhere must not be overlooked: everything would seem to be pending.
  private func schema(
    named: String?,
    usual: String,
    _ present: [String]
  ) throws(Failure) -> String {
    if let named { return named }
    if present.contains(usual) || present.isEmpty { return usual }
    if present.count == 1 { return present[0] }
    throw Failure(
      .refused,
      "\(label) has a record of migrations in each of the schemas \(present.joined(separator: ", ")), and its URL names none of them",
      advice: ["say which is meant: ?schema=NAME in the connection URL"]
    )
  }

  private func currentSchema(in context: CallContext) throws(Failure) -> String {
    try value("select current_schema()::text", in: context).asText ?? "public"
  }

  // MARK: - Table and folder together

  /// - Parameter isOurs: the lock is held by whoever asks, so nobody else is at it.
  func migrationStanding(
    _ place: MigrationPlace,
    isOurs: Bool = false,
    in context: CallContext
  ) throws(Failure) -> MigrationStanding? {
    guard let table = place.table else { return nil }
    let found = table.isPresent ? try rows(table.rows, in: context) : []
    var history = MigrationStanding(
      ledger: table.ledger(found),
      files: place.folder?.files ?? [],
      folder: place.folder?.path,
      provider: place.folder?.provider
    )
    // Only what was begun and not ended raises the question whether somebody is at it.
    if history.hasOpenAttempt {
      history.isLocked = isOurs ? false : try migrationLockHolder(table, in: context) != nil
      history.undone = Set(try undoneAttempts(in: context).compactMap(table.attempt))
    }
    return history
  }

  // MARK: - Refusals

  /// Prisma makes no table where others are: they may be what the migrations would make.
  func checkIsEmpty(
    _ table: MigrationTable,
    of target: String,
    in context: CallContext
  ) throws(Failure) {
    guard table.convention == .prisma else { return }
    let found = try value(Self.otherTables, [.text(table.schema)], in: context)
    guard case .text(let name) = found else { return }
    throw failure(.schemaNotEmpty(schema: table.schema, table: name), of: target)
  }

  /// PostGIS makes some by itself.
  private static let otherTables = """
    select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relkind = 'r' and lower(c.relname) not in
      ('spatial_ref_sys', 'geometry_columns', 'geography_columns', 'raster_columns',
        'raster_overviews')
    order by 1 limit 1
    """

  func failure(_ refusal: MigrationRefusal, of target: String = "database") -> Failure {
    let kind: Failure.Kind =
      switch refusal {
      case .alreadyApplied: .nothingToDo
      default: .refused
      }
    return Failure(
      kind,
      "\(label): \(refusal.message)",
      advice: refusal.advice(for: target)
    )
  }
}

extension MigrationStanding {
  var hasOpenAttempt: Bool {
    switch ledger {
    case .prisma(let rows): rows.contains(where: \.isUnfinished)
    case .dbmate: false
    case .golangMigrate(let version): version?.isDirty == true
    }
  }
}
