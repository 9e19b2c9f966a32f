import Synchronization
import Values

/// Restoring a branch in place.
extension NeonService {
  /// What a restore is about, once it is known to be allowed.
  private struct Restore: Sendable {
    var branchID: String
    var sourceID: String
    var moment: NeonMoment
    /// The branch that keeps the state before, if it is to be kept.
    var preservedID: String?
    var preservedName: String
    var endpointID: String?
    var folder: String
    var fails: Bool
  }

  func restoreBranch(_ request: SandboxRequest, _ id: String) throws(NeonError) -> Answer {
    let body = try request.object()
    return try state.withLock { state throws(NeonError) in
      let branch = try state.branch(id)
      let restore = try checked(body, branch, in: &state)
      guard !state.isBusy else { throw .locked }
      state.failsNextRestore = false
      state.change(branch: id) { $0.phase = .resetting }
      let operations = schedule(steps(of: restore), in: &state) {
        self.state.withLock { $0.change(branch: id) { $0.phase = .ready } }
      }
      return (200, ["branch": json(of: try state.branch(id)), "operations": operations])
    }
  }

  private func checked(
    _ body: JSON,
    _ branch: NeonBranch,
    in state: inout NeonState
  ) throws(NeonError) -> Restore {
    guard let sourceID = body["source_branch_id"]?.stringValue else {
      throw .badRequest("source_branch_id is required")
    }
    let source = try state.branch(sourceID)
    let name = body["preserve_under_name"]?.stringValue ?? ""
    let moment = try NeonMoment(
      time: body["source_timestamp"],
      lsn: body["source_lsn"],
      timeName: "source_timestamp",
      lsnName: "source_lsn",
      branch: source,
      retentionSeconds: state.historyRetentionSeconds
    )
    if sourceID == branch.id {
      try checkOwnHistory(branch, moment, preservedName: name)
    }
    let hasChildren = state.branches.contains { $0.parentID == branch.id }
    guard !hasChildren || !name.isEmpty else {
      throw .badRequest("preserve_under_name is required: the branch has child branches")
    }
    if !name.isEmpty { try checkName(name, in: state) }
    let preservedID = name.isEmpty ? nil : state.names.id("br")
    return Restore(
      branchID: branch.id,
      sourceID: sourceID,
      moment: moment,
      preservedID: preservedID,
      preservedName: name,
      endpointID: state.endpoint(ofBranch: branch.id)?.id,
      folder: folder.path + "/" + state.names.id("restore"),
      fails: state.failsNextRestore
    )
  }

  private func checkOwnHistory(
    _ branch: NeonBranch,
    _ moment: NeonMoment,
    preservedName: String
  ) throws(NeonError) {
    guard branch.parentID == nil else {
      throw .badRequest("point-in-time restore is available for root branches only")
    }
    guard moment.target != nil else {
      throw .badRequest("source_timestamp or source_lsn is required to restore from own history")
    }
    guard !preservedName.isEmpty else {
      throw .badRequest("preserve_under_name is required to restore from own history")
    }
  }

  /// The old server runs until the new data are there: when the recovery fails nothing has changed.
  private func steps(of restore: Restore) -> [NeonStep] {
    let recovered = RecoveredCluster()
    var steps = [
      NeonStep(action: "create_timeline", branchID: restore.branchID) {
        try recovered.set(self.recovered(for: restore))
      },
      NeonStep(
        action: "suspend_compute",
        branchID: restore.branchID,
        endpointID: restore.endpointID
      ) {
        guard let new = recovered.take() else { return }
        try self.replace(by: new, restore)
      },
    ]
    if let endpointID = restore.endpointID {
      steps.append(
        NeonStep(
          action: "start_compute",
          branchID: restore.branchID,
          endpointID: endpointID
        ) { try self.run(branch: restore.branchID, endpoint: endpointID) }
      )
    }
    return steps
  }

  private func recovered(
    for restore: Restore
  ) throws(ClusterError) -> RecoveredCluster.Content {
    guard
      let source = state.withLock({ state in
        state.branches.first { $0.id == restore.sourceID }
      })
    else { throw .outsideHistory("branch '\(restore.sourceID)'") }
    let (cluster, target) = try fork(
      source,
      at: restore.moment,
      into: restore.folder,
      port: try LoopbackPort.free()
    )
    do throws(ClusterError) {
      if restore.fails {
        throw ClusterError.outsideHistory("layer file of the requested position")
      }
      try cluster.startRecovered(at: target)
      try cluster.stop(.fast)
    } catch {
      cluster.dispose()
      throw error
    }
    return (cluster, source.history.recovered(to: target, ready: .now()))
  }

  /// Puts the recovered cluster where the branch's was, which becomes a branch of its own or goes.
  private func replace(
    by new: RecoveredCluster.Content,
    _ restore: Restore
  ) throws(ClusterError) {
    guard
      let old = state.withLock({ state in
        state.branches.first { $0.id == restore.branchID }
      })
    else { throw .outsideHistory("branch '\(restore.branchID)'") }
    let place = old.cluster.folder
    try old.cluster.stop(.fast)
    if let id = restore.preservedID {
      try old.cluster.move(to: folder.path + "/" + id)
      old.cluster.port = 0
    } else {
      old.cluster.dispose()
    }
    try new.cluster.move(to: place)
    let now = Time.now()
    state.withLock { state in
      if let id = restore.preservedID { state.preserve(old, as: id, named: restore.preservedName) }
      state.change(branch: old.id) {
        $0.cluster = new.cluster
        $0.history = new.history
        $0.pending = nil
        $0.phase = .ready
        $0.lastResetAt = now
      }
    }
  }
}

extension NeonState {
  /// Keeps a branch's state before a restore as a child of it; its other children move there.
  fileprivate mutating func preserve(_ old: NeonBranch, as id: String, named name: String) {
    var kept = old
    let now = Time.now()
    kept.id = id
    kept.name = name
    kept.parentID = old.id
    kept.parentLSN = nil
    kept.parentTime = nil
    kept.phase = .ready
    kept.isDefault = false
    kept.isProtected = false
    kept.createdAt = now
    kept.updatedAt = now
    for child in branches where child.parentID == old.id {
      change(branch: child.id) { $0.parentID = id }
    }
    branches.append(kept)
  }
}
