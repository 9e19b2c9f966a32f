import Dispatch
import Foundation
import Synchronization
package import Values

/// The stand-in for Neon: its API over real clusters, where a branch at a time is a real recovery.
///
/// Differences from the real one: a suspended compute does not wake by a connection, and all hosts
/// are 127.0.0.1 at ports of their own.
package final class NeonService: Sendable {
  package let configuration: NeonConfiguration
  let programs: ServerPrograms
  let folder: ClusterFolder
  let rolePassword: String
  let state: Mutex<NeonState>
  /// Work on clusters, one change at a time.
  let work = DispatchQueue(label: "sandbox.neon")

  private init(
    configuration: NeonConfiguration,
    programs: ServerPrograms,
    folder: ClusterFolder,
    rolePassword: String,
    state: NeonState
  ) {
    self.configuration = configuration
    self.programs = programs
    self.folder = folder
    self.rolePassword = rolePassword
    self.state = Mutex(state)
  }

  /// Brings up a project with the branches `main` and `staging` and writes the story into `main`.
  ///
  /// - Parameter stateFolder: the sandbox's own folder, which exists; what an earlier sandbox left
  ///   there of its clusters is cleared first.
  package static func create(
    stateFolder: String,
    configuration: NeonConfiguration,
    story: DatabaseStory
  ) throws(ClusterError) -> NeonService {
    let programs = try ServerPrograms.find()
    let folder = try ClusterFolder.make(state: stateFolder, programs: programs)
    do {
      var names = NeonNames(seed: configuration.seed)
      let cluster = try Cluster.create(
        folder: folder.path + "/" + names.id("br"),
        base: folder.path + "/base",
        port: try LoopbackPort.free(),
        password: names.hex(24),
        programs: programs
      )
      return try compose(configuration, programs, folder, cluster, names, story)
    } catch {
      try? folder.remove()
      throw error
    }
  }

  private static func compose(
    _ configuration: NeonConfiguration,
    _ programs: ServerPrograms,
    _ folder: ClusterFolder,
    _ cluster: Cluster,
    _ names: NeonNames,
    _ story: DatabaseStory
  ) throws(ClusterError) -> NeonService {
    var names = names
    let password = names.hex(24)
    let id = (cluster.folder as NSString).lastPathComponent
    let endpoint = NeonEndpoint(
      id: names.id("ep"),
      branchID: id,
      port: cluster.port,
      phase: .active,
      createdAt: story.start,
      updatedAt: story.start,
      startedAt: story.start
    )
    cluster.customSettings = customSettings(configuration, branch: id, endpoint: endpoint.id)
    try cluster.start()
    let address = DatabaseAddress(
      port: cluster.port,
      user: configuration.roleName,
      password: password,
      database: configuration.databaseName
    )
    let history = try story.write(into: SandboxDatabase(address: address), of: cluster)
    try cluster.write(history.json.text + "\n", to: folder.path + "/history.json")
    var main = NeonBranch(
      id: id,
      name: "main",
      cluster: cluster,
      history: history,
      createdAt: story.start,
      updatedAt: story.start
    )
    main.isDefault = true
    var staging = try stagingBranch(of: main, names.id("br"), in: folder)
    var endpoints = [endpoint]
    if configuration.startsStaging {
      let endpoint = NeonEndpoint(
        id: names.id("ep"),
        branchID: staging.id,
        port: try LoopbackPort.free(),
        phase: .active,
        createdAt: story.start,
        updatedAt: story.start,
        startedAt: story.start
      )
      try start(&staging, endpoint, configuration)
      endpoints.append(endpoint)
    }
    var state = NeonState(
      branches: [main, staging],
      names: names,
      historyRetentionSeconds: configuration.historyRetentionSeconds,
      createdAt: story.start,
      updatedAt: story.start
    )
    state.endpoints = endpoints
    return NeonService(
      configuration: configuration,
      programs: programs,
      folder: folder,
      rolePassword: password,
      state: state
    )
  }

  /// Recovers a branch that has only its history, and leaves its server running.
  private static func start(
    _ branch: inout NeonBranch,
    _ endpoint: NeonEndpoint,
    _ configuration: NeonConfiguration
  ) throws(ClusterError) {
    guard let target = branch.pending else { return }
    branch.cluster.port = endpoint.port
    branch.cluster.customSettings = customSettings(
      configuration,
      branch: branch.id,
      endpoint: endpoint.id
    )
    try branch.cluster.startRecovered(at: target)
    branch.pending = nil
  }

  /// Staging is the beginning of the story; it gets data and a server when it is first started.
  private static func stagingBranch(
    of main: NeonBranch,
    _ id: String,
    in folder: ClusterFolder
  ) throws(ClusterError) -> NeonBranch {
    let cluster = try main.cluster.fork(into: folder.path + "/" + id, port: 0).cluster
    let point = main.history.points[0]
    var staging = NeonBranch(
      id: id,
      name: "staging",
      parentID: main.id,
      cluster: cluster,
      history: main.history.recovered(to: .lsn(point.lsn), ready: main.history.liveFrom),
      createdAt: point.time,
      updatedAt: point.time
    )
    staging.parentLSN = point.lsn
    staging.parentTime = point.time
    staging.pending = .lsn(point.lsn)
    return staging
  }

  /// Answers one request; `path` may begin with `/api/v2`.
  func respond(to request: SandboxRequest) async -> SandboxResponse {
    let requestID = state.withLock { $0.names.uuid() }
    let answer: (status: Int, body: JSON?)
    do throws(NeonError) {
      answer = try route(request)
    } catch {
      answer = (
        error.status,
        [
          "request_id": .string(requestID), "code": .string(error.code),
          "message": .string(error.message),
        ]
      )
    }
    return SandboxResponse(
      status: answer.status,
      headers: [("Content-Type", "application/json"), ("X-Neon-Ret-Request-Id", requestID)],
      body: answer.body.map { Array($0.text.utf8) } ?? []
    )
  }

  /// Lets the next restore in place end as `failed`, with nothing changed.
  package func failNextRestore() {
    state.withLock { $0.failsNextRestore = true }
  }

  /// Production's database: that of the default branch, whichever that is now.
  package var production: SandboxDatabase {
    let endpoint = state.withLock { state in
      let branch = state.branches.first { $0.isDefault }
      return branch.flatMap { state.endpoint(ofBranch: $0.id) }
    }
    return SandboxDatabase(address: address(ofPort: endpoint?.port ?? 1))
  }

  /// How production is connected to, as the app and `status` name it; holds the password.
  package var productionURI: String { production.address.uri }

  /// The ids that production's server reports of itself: project, branch and endpoint.
  package var productionIdentity: (project: String, branch: String, endpoint: String?) {
    identity { $0.isDefault }
  }

  /// The same of staging's server.
  package var stagingIdentity: (project: String, branch: String, endpoint: String?) {
    identity { $0.name == "staging" }
  }

  private func identity(
    where isWanted: (NeonBranch) -> Bool
  ) -> (project: String, branch: String, endpoint: String?) {
    state.withLock { state in
      let branch = state.branches.first(where: isWanted)
      let endpoint = branch.flatMap { state.endpoint(ofBranch: $0.id) }
      return (configuration.projectID, branch?.id ?? "", endpoint?.id)
    }
  }

  /// Production's history as JSON, as `history.json` beside the clusters had it at first.
  package var productionHistory: JSON {
    state.withLock { $0.branches.first { $0.isDefault }?.history.json ?? .null }
  }

  /// Waits for a change under way, then ends all servers and removes all that they had.
  package func dispose() {
    work.sync {
      for branch in state.withLock({ $0.branches }) { branch.cluster.dispose() }
      try? folder.remove()
    }
  }

  func address(of endpoint: NeonEndpoint) -> DatabaseAddress { address(ofPort: endpoint.port) }

  private func address(ofPort port: UInt16) -> DatabaseAddress {
    DatabaseAddress(
      port: port,
      user: configuration.roleName,
      password: rolePassword,
      database: configuration.databaseName
    )
  }

  static func customSettings(
    _ configuration: NeonConfiguration,
    branch: String,
    endpoint: String?
  ) -> [String: String] {
    var settings = ["neon.project_id": configuration.projectID, "neon.branch_id": branch]
    settings["neon.endpoint_id"] = endpoint
    return settings
  }
}
