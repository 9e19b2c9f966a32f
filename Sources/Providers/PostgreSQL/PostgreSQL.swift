package import Objects
internal import Postgres
package import Stack
package import Values

/// A PostgreSQL server of one's own, by its connection URL.
package enum PostgreSQL {
  package static let declaration = Vendor(
    name: "postgres",
    role: .database,
    summary: "a PostgreSQL database, by its connection URL",
    host: "the host in its URL",
    parameters: [
      Parameter("url", .secret, "the connection URL, postgresql://…"),
      Parameter(
        "direct",
        .secret,
        "the URL that goes past a pooler (Prisma's directUrl), where url is a pooler's",
        isRequired: false
      ),
      Parameter(
        "migrations",
        .text,
        "the folder of migrations, Prisma's, dbmate's or golang-migrate's: prisma/migrations",
        isRequired: false
      ),
    ] + BackupSettings.parameters
  ) { (use, context) throws(Failure) in
    let backups = try use.backupSettings(in: context)
    let url = try use.secret("url", in: context)
    let given = try Self.parameters(of: url)
    let direct = use.references["direct"] == nil ? nil : try use.secret("direct", in: context)
    // A pooler keeps neither session settings nor a read-only start.
    let parameters =
      try direct.map { (url) throws(Failure) in try Self.parameters(of: url) }
      ?? given.withoutPooler
    let passwordName = (direct ?? url).name + "_PASSWORD"
    if let password = parameters.password(named: passwordName) { context.declare(password) }
    if direct != nil, let password = given.password(named: url.name + "_PASSWORD") {
      context.declare(password)
    }
    return .database(
      PostgresDatabase(
        label: "\(parameters.database) on \(places(parameters))",
        name: parameters.database,
        migrationsFolder: use.migrationsFolder(in: context),
        passwordName: passwordName,
        pooler: given.isPooled ? given : nil,
        backups: backups
      ) { _ in parameters }
    )
  }

  /// The database that several machines share: it is no part of the operated system.
  package static let controlDeclaration = Vendor(
    name: "postgres",
    role: .control,
    summary: "the PostgreSQL database with the team's locks, approvals and journal heads",
    host: "the host in its URL",
    parameters: [Parameter("url", .secret, "the connection URL, postgresql://…")]
  ) { (use, context) throws(Failure) in
    let url = try use.secret("url", in: context)
    let parameters = try url.withExposedText { (text) throws(Failure) in
      try read(text, from: "secret '\(url.name)'")
    }
    if let password = parameters.password(named: url.name + "_PASSWORD") {
      context.declare(password)
    }
    return .control(url)
  }

  private static func parameters(of url: Secret) throws(Failure) -> ConnectionParameters {
    try url.withExposedText { (text) throws(Failure) in
      try read(text, from: "secret '\(url.name)'")
    }
  }

  /// - Parameter source: whose text it is, for the error: the text itself is a secret.
  static func read(_ url: String, from source: String) throws(Failure) -> ConnectionParameters {
    do throws(PostgresError) {
      return try ConnectionParameters(url: url)
    } catch {
      throw Failure(.usage, "\(source): \(error.message)")
    }
  }

  private static func places(_ parameters: ConnectionParameters) -> String {
    parameters.hosts.map { $0.isSocket ? $0.name : "\($0.name):\($0.port)" }
      .joined(separator: ", ")
  }
}

extension ConnectionParameters {
  /// The password, as a secret with a name; nothing where there is none.
  func password(named name: String) -> Secret? {
    withExposedPassword { Secret(name: name, text: $0) }
  }
}

extension VendorUse {
  /// The folder of migrations; a relative one starts at the stack file.
  func migrationsFolder(in context: ConnectContext) -> String? {
    text("migrations").map { $0.hasPrefix("/") ? $0 : "\(context.folder)/\($0)" }
  }
}

/// What a server by itself does not have.
extension PostgresDatabase {
  private func lacking(_ what: String) -> Failure {
    Failure(
      .usage,
      "\(label) can not \(what): not in this version for a plain PostgreSQL server",
      advice: ["branches and rewind work where the database is at Neon"]
    )
  }

  package func branch(
    _ target: Plan.Target,
    name: String,
    with content: BranchContent,
    in context: CallContext,
    wrap: @escaping @Sendable (any DatabaseService) -> Value
  ) throws(Failure) -> Plan {
    throw lacking("make a branch")
  }

  package func rewind(
    _ target: Plan.Target,
    to point: RewindPoint,
    keep: String?,
    in context: CallContext
  ) throws(Failure) -> Plan {
    throw lacking("go back in time")
  }

  package func deleteBranch(
    _ target: Plan.Target,
    named name: String,
    in context: CallContext
  ) throws(Failure) -> Plan {
    throw lacking("delete a branch")
  }
}
