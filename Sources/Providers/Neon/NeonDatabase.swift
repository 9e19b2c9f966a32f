internal import HTTP
package import Objects
internal import Postgres
package import Stack
private import Synchronization
package import Values

/// A database on one branch: PostgreSQL for what is in it, Neon's API for what is around it.
package final class NeonDatabase: PostgresBacked {
  let project: NeonProject
  /// The branch's name or id, as the stack file or Neon gave it.
  let branchName: String
  let database: String
  private let role: String?
  private let migrationsFolder: String?
  private let backups: BackupSettings?
  package let postgres: PostgresDatabase
  private let address: NeonAddress

  package let label: String
  package let name: String

  init(
    project: NeonProject,
    branch: String,
    database: String,
    role: String?,
    migrationsFolder: String?,
    backups: BackupSettings? = nil
  ) {
    self.project = project
    branchName = branch
    self.database = database
    self.role = role
    self.migrationsFolder = migrationsFolder
    self.backups = backups
    label = "\(database) on Neon branch \(branch)"
    name = "\(branch)/\(database)"
    let address = NeonAddress(project: project, branch: branch, database: database, role: role)
    self.address = address
    postgres = PostgresDatabase(
      label: label,
      name: name,
      databaseName: database,
      migrationsFolder: migrationsFolder,
      passwordName: NeonAddress.passwordName,
      backups: backups
    ) { (context) throws(Failure) in try address.parameters(in: context) }
  }

  package var databaseName: String { database }

  /// The same database on another branch.
  func on(_ branch: String) -> NeonDatabase {
    NeonDatabase(
      project: project,
      branch: branch,
      database: database,
      role: role,
      migrationsFolder: migrationsFolder,
      backups: backups
    )
  }

  /// The branch as it is now.
  func branch(in context: CallContext) throws(Failure) -> NeonBranch {
    try project.branch(branchName, in: context)
  }

  /// Forgets how to connect, and every session: the server is another one now.
  func disconnect() {
    address.forget()
    postgres.disconnect()
  }

  // MARK: - Who it is

  package func identity(in context: CallContext) throws(Failure) -> DatabaseIdentity {
    let found = try postgres.serverIdentity(in: context)
    let identity = PostgresDatabase.identity(of: found)
    guard let server = found.neonProject else { return identity }
    let branch = try branch(in: context)
    guard server == project.id, found.neonBranch == branch.id else {
      throw Failure(
        .refused,
        "\(label) is project \(project.id), branch \(branch.id) for Neon's API, but the server says project \(server), branch \(found.neonBranch ?? "none")",
        advice: ["the connection leads to another database; nothing was done"]
      )
    }
    return identity
  }

  package func historyWindow(in context: CallContext) throws(Failure) -> TimeSpan {
    try project.historyWindow(in: context)
  }

  package func branches(in context: CallContext) throws(Failure) -> [DatabaseBranch] {
    let all = try project.branches(in: context)
    let names = Dictionary(all.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    return all.map { branch in
      DatabaseBranch(
        id: branch.id,
        name: branch.name,
        parent: branch.parent.map { names[$0] ?? $0 },
        created: branch.created,
        state: branch.state,
        isDefault: branch.isDefault,
        service: branch.name == branchName || branch.id == branchName ? self : on(branch.name)
      )
    }
  }
}

/// Where a branch's server is: asked of Neon once, and again after it was forgotten.
private final class NeonAddress: Sendable {
  private let project: NeonProject
  private let branch: String
  private let database: String
  private let role: String?
  private let known = Mutex<ConnectionParameters?>(nil)
  static let passwordName = "NEON_PASSWORD"

  init(project: NeonProject, branch: String, database: String, role: String?) {
    self.project = project
    self.branch = branch
    self.database = database
    self.role = role
  }

  func forget() {
    known.withLock { $0 = nil }
  }

  func parameters(in context: CallContext) throws(Failure) -> ConnectionParameters {
    if let known = known.withLock({ $0 }) { return known }
    let branch = try project.branch(branch, in: context)
    let json: JSON
    do throws(Failure) {
      json = try project.api.get(
        project.path("connection_uri"),
        query: [
          ("database_name", database), ("role_name", try role(on: branch.id, in: context)),
          ("branch_id", branch.id), ("pooled", "false"),
        ],
        in: context
      ).json
    } catch  where error.kind == .refused {
      throw Failure(
        .refused,
        "no connection to \(database) on branch \(branch.name): \(error.message)",
        advice: error.advice + [
          "if the branch has no compute: neonctl branches add-compute \(branch.name) --project-id \(project.id)"
        ]
      )
    }
    guard let uri = json["uri"]?.stringValue else {
      throw Failure(.unreachable, "Neon's connection URI has no 'uri'")
    }
    let parameters = try read(uri)
    known.withLock { $0 = parameters }
    return parameters
  }

  /// Who owns the database, where the stack file names no role.
  private func role(on branch: String, in context: CallContext) throws(Failure) -> String {
    if let role { return role }
    let json = try project.api.get(
      project.path("branches", branch, "databases"),
      in: context
    ).json
    let found = json["databases"]?.arrayValue?.first { $0["name"]?.stringValue == database }
    guard let owner = found?["owner_name"]?.stringValue else {
      throw Failure(.refused, "branch \(branch) at Neon has no database '\(database)'")
    }
    return owner
  }

  /// Declares what is secret in it before anything else sees it, and checks where it leads.
  private func read(_ uri: String) throws(Failure) -> ConnectionParameters {
    project.declare(Secret(name: "NEON_CONNECTION_URI", text: uri))
    if let password = Self.password(in: uri) {
      project.declare(Secret(name: Self.passwordName, text: password))
    }
    let parameters = try PostgreSQL.read(uri, from: "Neon's connection URI").withoutPooler
    // The URI may have it percent-encoded; programs are given it as it is.
    if let password = parameters.password(named: Self.passwordName) { project.declare(password) }
    for host in parameters.hosts where !isTrusted(host.name) {
      throw Failure(
        .untrusted,
        "Neon's answer leads to \(host.name), which is no host of neon.tech",
        advice: ["nothing was sent there"]
      )
    }
    return parameters
  }

  /// An API on loopback stands for a server on loopback; the real one for its own hosts.
  private func isTrusted(_ host: String) -> Bool {
    if project.api.base.isLoopback {
      return host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
    return host.hasSuffix(".neon.tech")
  }

  private static func password(in uri: String) -> String? {
    let login = uri.split(separator: "//", maxSplits: 1).last?.split(separator: "@").first
    let parts = login?.split(separator: ":", maxSplits: 1) ?? []
    return parts.count == 2 && uri.contains("@") ? String(parts[1]) : nil
  }
}
