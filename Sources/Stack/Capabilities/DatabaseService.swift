package import Objects
package import Values

/// One database of one environment, or one branch of it.
package protocol DatabaseService: Sendable {
  /// Such as `optiq_prod on Neon branch main`.
  var label: String { get }
  /// The name that tells it from others: what a person types for a `destroy` on it.
  var name: String { get }
  /// The name that the server knows it by, as in `--dbname`.
  var databaseName: String { get }
  /// What opsh keeps of its own runs there; nothing where it keeps nothing.
  var bookkeeping: (any RunBookkeeping)? { get }
  /// What is looked at when it is slow, stuck or filling up.
  var inspection: any DatabaseInspection { get }
  /// What applies its folder of migrations; nothing where nothing can.
  var migrator: (any MigrationService)? { get }
  /// Takes backups of it and restores them; nothing where none can be taken.
  var backupService: (any BackupService)? { get }

  /// How a program such as `pg_restore` gets to it: past any pooler.
  func access(in context: CallContext) throws(Failure) -> DatabaseAccess
  /// Who the server itself says it is.
  func identity(in context: CallContext) throws(Failure) -> DatabaseIdentity
  func size(in context: CallContext) throws(Failure) -> Int64
  /// Name, rows (estimate), size.
  func tables(in context: CallContext) throws(Failure) -> [Record]
  /// One read-only statement, streamed; refused before it is sent if it is not a read.
  func query(_ statement: SQLTemplate, in context: CallContext) throws(Failure) -> any ValueStream
  func explain(_ statement: SQLTemplate, in context: CallContext) throws(Failure) -> [String]
  func migrations(in context: CallContext) throws(Failure) -> [Migration]
  /// How far back it can go; zero where it can not.
  func historyWindow(in context: CallContext) throws(Failure) -> TimeSpan
  func branches(in context: CallContext) throws(Failure) -> [DatabaseBranch]
  /// Per table: rows here, rows there, and how many were inserted, updated and deleted on the way.
  func compare(with other: any DatabaseService, in context: CallContext) throws(Failure) -> [Record]
  /// `writes` stopped by ``stopWrites``, as the server says.
  func writesAreStopped(in context: CallContext) throws(Failure) -> Bool

  /// A write: estimated, done in one transaction with its marker, counted, undone if the count does
  /// not fit; or in batches.
  func execute(
    _ target: Plan.Target,
    _ request: WriteRequest,
    in context: CallContext
  ) throws(Failure) -> Plan
  func stopWrites(_ target: Plan.Target, in context: CallContext) throws(Failure) -> Plan
  func allowWrites(_ target: Plan.Target, in context: CallContext) throws(Failure) -> Plan
  /// A copy beside this one; its result is a `database` object made by `wrap`.
  func branch(
    _ target: Plan.Target,
    name: String,
    with content: BranchContent,
    in context: CallContext,
    wrap: @escaping @Sendable (any DatabaseService) -> Value
  ) throws(Failure) -> Plan
  /// In place, to a moment or to a kept branch; what is newer is kept under `keep`.
  func rewind(_ target: Plan.Target, to point: RewindPoint, keep: String?, in context: CallContext)
    throws(Failure) -> Plan
  func deleteBranch(_ target: Plan.Target, named name: String, in context: CallContext)
    throws(Failure) -> Plan
}

/// What a new branch holds.
package enum BranchContent: Hashable, Sendable {
  /// Everything, as it is now.
  case current
  /// Everything, as it was then.
  case moment(Time)
  /// No tables: something is to be restored into it.
  case nothing
}

/// How a client gets to a database.
package struct DatabaseAccess: Sendable {
  package var host: String
  package var port: Int
  package var user: String
  /// Nothing where the connection URL holds none.
  package var password: Secret?

  package init(host: String, port: Int, user: String, password: Secret?) {
    self.host = host
    self.port = port
    self.user = user
    self.password = password
  }
}

package enum RewindPoint: Sendable {
  case moment(Time)
  case branch(String)
}

/// Who a database server is, by its own words.
package struct DatabaseIdentity: Sendable {
  /// Key and value in order: system identifier, timeline, address, database, user, version, in
  /// recovery, and the vendor's own (project, branch, endpoint).
  package var fields: [(name: String, value: Value)]
  /// What stays the same as long as it is the same database: compared before a `destroy`.
  package var fingerprint: String
  package var version: String
  package var isReplica: Bool

  package init(
    fields: [(name: String, value: Value)],
    fingerprint: String,
    version: String,
    isReplica: Bool
  ) {
    self.fields = fields
    self.fingerprint = fingerprint
    self.version = version
    self.isReplica = isReplica
  }
}

/// One schema migration, as bookkeeping table and folder say together.
package struct Migration: Sendable {
  package enum State: String, Sendable, CaseIterable {
    case applied, pending, failed, running, crashed, edited, missing
    case rolledBack = "rolled back"

    /// Says that applying what is pending would apply it.
    package var isPending: Bool { self == .pending || self == .rolledBack }
    /// Says that it was begun and stopped in the middle.
    package var isStopped: Bool { self == .failed || self == .crashed }
  }

  package var name: String
  package var state: State
  package var started: Time?
  package var finished: Time?
  /// When it was given up.
  package var rolledBack: Time?
  /// What the server said when it failed.
  package var error: String?
  /// Whether the folder has it, so that it can be applied.
  package var isInFolder = true
  /// It may lose data; nothing where its text can not be read.
  package var isDestructive: Bool?
  package var statements: Int?
  /// Why it is called destructive, such as `drops column orders.currency`.
  package var findings: [String]

  package init(name: String, state: State) {
    self.name = name
    self.state = state
    findings = []
  }
}

/// A branch that the vendor keeps beside the database.
package struct DatabaseBranch: Sendable {
  package var id: String
  package var name: String
  package var parent: String?
  package var created: Time?
  package var state: String
  package var isDefault: Bool
  /// Connects to it.
  package var service: (any DatabaseService)?

  package init(
    id: String,
    name: String,
    parent: String?,
    created: Time?,
    state: String,
    isDefault: Bool,
    service: (any DatabaseService)?
  ) {
    self.id = id
    self.name = name
    self.parent = parent
    self.created = created
    self.state = state
    self.isDefault = isDefault
    self.service = service
  }
}
