import Synchronization
import Values

/// Creating and deleting branches.
extension NeonService {
  func createBranch(_ request: SandboxRequest) throws(NeonError) -> Answer {
    let body = request.body.isEmpty ? [:] : try request.object()
    let wanted = body["branch"] ?? [:]
    let endpoints = body["endpoints"]?.arrayValue ?? []
    guard endpoints.count <= 1 else { throw .refused("only one read-write endpoint per branch") }
    for endpoint in endpoints where endpoint["type"]?.stringValue != "read_write" {
      throw .refused("only endpoints of type read_write are available here")
    }
    let port = try endpoints.isEmpty ? nil : freePort()
    return try state.withLock { state throws(NeonError) in
      guard !state.isBusy else { throw .locked }
      let branch = try newBranch(wanted, in: &state)
      state.branches.append(branch.record)
      let endpoint = port.map { newEndpoint(of: branch.record.id, port: $0, in: &state) }
      let steps = creation(of: branch.record, from: branch.moment, with: endpoint)
      let operations = schedule(steps, in: &state) { self.forget(branch: branch.record.id) }
      return (201, created(branch.record, endpoint, operations))
    }
  }

  private func created(
    _ branch: NeonBranch,
    _ endpoint: NeonEndpoint?,
    _ operations: JSON
  ) -> JSON {
    [
      "branch": json(of: branch),
      "endpoints": .array(endpoint.map { [json(of: $0)] } ?? []),
      "operations": operations, "roles": [role(of: branch)],
      "databases": [database(of: branch)],
      "connection_uris": .array(endpoint.map { [connection(to: $0)] } ?? []),
    ]
  }

  private func newBranch(
    _ wanted: JSON,
    in state: inout NeonState
  ) throws(NeonError) -> (record: NeonBranch, moment: NeonMoment) {
    let parentID = wanted["parent_id"]?.stringValue ?? state.branches.first { $0.isDefault }?.id
    let parent = try state.branch(parentID ?? "")
    let moment = try NeonMoment(
      time: wanted["parent_timestamp"],
      lsn: wanted["parent_lsn"],
      timeName: "parent_timestamp",
      lsnName: "parent_lsn",
      branch: parent,
      retentionSeconds: state.historyRetentionSeconds
    )
    let id = state.names.id("br")
    let name = wanted["name"]?.stringValue ?? id
    try checkName(name, in: state)
    let now = Time.now()
    var branch = NeonBranch(
      id: id,
      name: name,
      parentID: parent.id,
      parentLSN: moment.lsn,
      parentTime: moment.time ?? (moment.target == nil ? now : nil),
      phase: .initial,
      cluster: Cluster(settings: parent.cluster.settings, folder: folder.path + "/" + id, port: 0),
      history: parent.history,
      createdAt: now,
      updatedAt: now
    )
    branch.isProtected = wanted["protected"]?.boolValue ?? false
    branch.expiresAt = wanted["expires_at"]?.stringValue.flatMap { Time($0) }
    return (branch, moment)
  }

  private func creation(
    of branch: NeonBranch,
    from moment: NeonMoment,
    with endpoint: NeonEndpoint?
  ) -> [NeonStep] {
    let create = NeonStep(action: "create_branch", branchID: branch.id) {
      guard
        let parent = self.state.withLock({ state in
          state.branches.first { $0.id == branch.parentID }
        })
      else { throw ClusterError.outsideHistory("the parent branch") }
      let fork = try self.fork(parent, at: moment, into: branch.cluster.folder, port: 0)
      self.state.withLock { state in
        state.change(branch: branch.id) {
          $0.cluster = fork.cluster
          $0.pending = fork.target
          $0.phase = .ready
          if case .lsn(let lsn) = fork.target { $0.parentLSN = lsn }
        }
      }
    }
    guard let endpoint else { return [create] }
    return [create, starting(endpoint)]
  }

  /// A branch whose creation failed is not there.
  private func forget(branch id: String) {
    let cluster = state.withLock { state in
      let cluster = state.branches.first { $0.id == id }?.cluster
      state.branches.removeAll { $0.id == id }
      state.endpoints.removeAll { $0.branchID == id }
      return cluster
    }
    cluster?.dispose()
  }

  func deleteBranch(_ id: String) throws(NeonError) -> Answer {
    try state.withLock { state throws(NeonError) in
      guard let branch = state.branches.first(where: { $0.id == id }) else { return (204, nil) }
      guard !branch.isDefault else { throw .refused("cannot delete the default branch") }
      guard branch.parentID != nil else { throw .refused("cannot delete the root branch") }
      guard !branch.isProtected else { throw .refused("cannot delete a protected branch") }
      guard !state.branches.contains(where: { $0.parentID == id }) else {
        throw .refused("cannot delete a branch that has child branches")
      }
      guard !state.isBusy else { throw .locked }
      var steps: [NeonStep] = []
      if let endpoint = state.endpoint(ofBranch: id), endpoint.phase == .active {
        steps.append(suspending(endpoint))
      }
      steps.append(
        NeonStep(action: "delete_timeline", branchID: id) { self.forget(branch: id) }
      )
      return (200, ["branch": json(of: branch), "operations": schedule(steps, in: &state)])
    }
  }
}
