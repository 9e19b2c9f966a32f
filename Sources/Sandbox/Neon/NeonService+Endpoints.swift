import Synchronization
import Values

/// Computes: a server at a port for a branch.
extension NeonService {
  func createEndpoint(_ request: SandboxRequest) throws(NeonError) -> Answer {
    guard let wanted = try request.object()["endpoint"],
      let branchID = wanted["branch_id"]?.stringValue
    else { throw .badRequest("endpoint.branch_id is required") }
    guard wanted["type"]?.stringValue == "read_write" else {
      throw .refused("only endpoints of type read_write are available here")
    }
    let port = try freePort()
    return try state.withLock { state throws(NeonError) in
      _ = try state.branch(branchID)
      guard state.endpoint(ofBranch: branchID) == nil else {
        throw NeonError(409, "read_write endpoint already exists for the branch")
      }
      guard !state.isBusy else { throw .locked }
      let endpoint = newEndpoint(of: branchID, port: port, in: &state)
      let operations = schedule([starting(endpoint)], in: &state) {
        self.state.withLock { $0.endpoints.removeAll { $0.id == endpoint.id } }
      }
      return (201, ["endpoint": json(of: endpoint), "operations": operations])
    }
  }

  func startEndpoint(_ id: String) throws(NeonError) -> Answer {
    try changeEndpoint(id) { $0.phase == .active ? [] : [starting($0)] }
  }

  func suspendEndpoint(_ id: String) throws(NeonError) -> Answer {
    try changeEndpoint(id) { $0.phase == .idle ? [] : [suspending($0)] }
  }

  func restartEndpoint(_ id: String) throws(NeonError) -> Answer {
    try changeEndpoint(id) { [suspending($0), starting($0)] }
  }

  func deleteEndpoint(_ id: String) throws(NeonError) -> Answer {
    guard state.withLock({ state in state.endpoints.contains { $0.id == id } }) else {
      return (204, nil)
    }
    return try changeEndpoint(id) { endpoint in
      [
        NeonStep(action: "suspend_compute", branchID: endpoint.branchID, endpointID: endpoint.id) {
          try self.suspend(branch: endpoint.branchID, endpoint: endpoint.id)
          self.state.withLock { $0.endpoints.removeAll { $0.id == endpoint.id } }
        }
      ]
    }
  }

  private func changeEndpoint(
    _ id: String,
    _ steps: (NeonEndpoint) -> [NeonStep]
  ) throws(NeonError) -> Answer {
    try state.withLock { state throws(NeonError) in
      let endpoint = try state.endpoint(id)
      guard !state.isBusy else { throw .locked }
      let operations = schedule(steps(endpoint), in: &state)
      return (200, ["endpoint": json(of: endpoint), "operations": operations])
    }
  }

  func newEndpoint(
    of branchID: String,
    port: UInt16,
    in state: inout NeonState
  ) -> NeonEndpoint {
    let now = Time.now()
    let endpoint = NeonEndpoint(
      id: state.names.id("ep"),
      branchID: branchID,
      port: port,
      phase: .initial,
      createdAt: now,
      updatedAt: now
    )
    state.endpoints.append(endpoint)
    return endpoint
  }

  func starting(_ endpoint: NeonEndpoint) -> NeonStep {
    NeonStep(action: "start_compute", branchID: endpoint.branchID, endpointID: endpoint.id) {
      try self.run(branch: endpoint.branchID, endpoint: endpoint.id)
    }
  }

  func suspending(_ endpoint: NeonEndpoint) -> NeonStep {
    NeonStep(action: "suspend_compute", branchID: endpoint.branchID, endpointID: endpoint.id) {
      try self.suspend(branch: endpoint.branchID, endpoint: endpoint.id)
    }
  }

  func freePort() throws(NeonError) -> UInt16 {
    do {
      return try LoopbackPort.free()
    } catch {
      throw NeonError(503, error.message)
    }
  }
}
