import Values

/// A branch: a line of history with, once it is needed, a cluster's data.
struct NeonBranch: Sendable {
  enum Phase: String, Sendable {
    case initial = "init"
    case ready, resetting
  }

  var id: String
  var name: String
  var parentID: String?
  var parentLSN: LSN?
  var parentTime: Time?
  var phase = Phase.ready
  var isDefault = false
  var isProtected = false
  var cluster: Cluster
  var history: BranchHistory
  /// Where the recovery has to end that gives the cluster its data, while it has none.
  var pending: Cluster.RecoveryTarget?
  var createdAt: Time
  var updatedAt: Time
  var expiresAt: Time?
  var lastResetAt: Time?
}

/// The compute of a branch: whether its server runs, and at which port.
struct NeonEndpoint: Sendable {
  enum Phase: String, Sendable {
    case initial = "init"
    case active, idle
  }

  var id: String
  var branchID: String
  var port: UInt16
  var phase: Phase
  var createdAt: Time
  var updatedAt: Time
  var startedAt: Time?
  var suspendedAt: Time?
}

/// A unit of work that a change is made of.
struct NeonOperation: Sendable {
  enum Status: String, Sendable {
    case scheduling, running, finished, failed, cancelled

    var isEnded: Bool { self != .scheduling && self != .running }
  }

  var id: String
  var action: String
  var status = Status.scheduling
  var branchID: String?
  var endpointID: String?
  var error: String?
  var createdAt: Time
  var updatedAt: Time
}

/// Everything the stand-in for Neon knows.
struct NeonState: Sendable {
  var branches: [NeonBranch]
  var endpoints: [NeonEndpoint] = []
  /// Oldest first.
  var operations: [NeonOperation] = []
  var names: NeonNames
  var historyRetentionSeconds: Int64
  var createdAt: Time
  var updatedAt: Time
  var failsNextRestore = false

  /// Whether a change is under way, which excludes all others.
  var isBusy: Bool { operations.contains { !$0.status.isEnded } }

  func branch(_ id: String) throws(NeonError) -> NeonBranch {
    guard let branch = branches.first(where: { $0.id == id }) else { throw .notFound("branch") }
    return branch
  }

  func endpoint(_ id: String) throws(NeonError) -> NeonEndpoint {
    guard let endpoint = endpoints.first(where: { $0.id == id }) else {
      throw .notFound("endpoint")
    }
    return endpoint
  }

  func endpoint(ofBranch id: String) -> NeonEndpoint? {
    endpoints.first { $0.branchID == id }
  }

  mutating func change(branch id: String, _ change: (inout NeonBranch) -> Void) {
    guard let index = branches.firstIndex(where: { $0.id == id }) else { return }
    change(&branches[index])
    branches[index].updatedAt = .now()
  }

  mutating func change(endpoint id: String, _ change: (inout NeonEndpoint) -> Void) {
    guard let index = endpoints.firstIndex(where: { $0.id == id }) else { return }
    change(&endpoints[index])
    endpoints[index].updatedAt = .now()
  }

  mutating func change(operation id: String, _ change: (inout NeonOperation) -> Void) {
    guard let index = operations.firstIndex(where: { $0.id == id }) else { return }
    change(&operations[index])
    operations[index].updatedAt = .now()
  }
}
