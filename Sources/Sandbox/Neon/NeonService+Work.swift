import Dispatch
import Foundation
import Synchronization
import Values

/// One operation of a change: what Neon calls it, and what it does.
struct NeonStep: Sendable {
  var action: String
  var branchID: String
  var endpointID: String?
  var perform: @Sendable () throws -> Void
}

extension NeonService {
  /// Records operations for `steps` and performs them one after another, elsewhere.
  ///
  /// Each passes through `scheduling` and `running` and takes its share of the configured time even
  /// where the work takes less. When one fails the rest is cancelled and `undo` runs.
  ///
  /// - Returns: the operations as they are at the beginning, for the answer.
  func schedule(
    _ steps: [NeonStep],
    in state: inout NeonState,
    undo: @escaping @Sendable () -> Void = {}
  ) -> JSON {
    var ids: [String] = []
    for step in steps {
      let now = Time.now()
      let operation = NeonOperation(
        id: state.names.uuid(),
        action: step.action,
        branchID: step.branchID,
        endpointID: step.endpointID,
        createdAt: now,
        updatedAt: now
      )
      state.operations.append(operation)
      ids.append(operation.id)
    }
    let seconds = configuration.operationSeconds / Double(max(1, steps.count))
    let jobs = Array(zip(ids, steps))
    work.async { self.perform(jobs, secondsEach: seconds, undo: undo) }
    return .array(state.operations.suffix(steps.count).map { json(of: $0) })
  }

  private func perform(
    _ jobs: [(String, NeonStep)],
    secondsEach: Double,
    undo: @Sendable () -> Void
  ) {
    var failure: String?
    for (id, step) in jobs {
      if failure != nil {
        change(operation: id, to: .cancelled)
        continue
      }
      let begin = Date()
      Thread.sleep(forTimeInterval: secondsEach / 4)
      change(operation: id, to: .running)
      do {
        try step.perform()
      } catch {
        failure = (error as? ClusterError)?.message ?? "\(error)"
      }
      Thread.sleep(until: begin.addingTimeInterval(secondsEach))
      if let failure {
        undo()
        change(operation: id, to: .failed, error: failure)
      } else {
        change(operation: id, to: .finished)
      }
    }
  }

  private func change(operation id: String, to status: NeonOperation.Status, error: String? = nil) {
    state.withLock { state in
      state.change(operation: id) {
        $0.status = status
        $0.error = error
      }
    }
  }

  /// Starts a branch's server at its endpoint's port; data it does not have yet are recovered.
  func run(branch id: String, endpoint endpointID: String) throws(ClusterError) {
    let found = state.withLock { state in
      (state.branches.first { $0.id == id }, state.endpoints.first { $0.id == endpointID })
    }
    guard let branch = found.0, let endpoint = found.1 else {
      throw .outsideHistory("branch '\(id)'")
    }
    let cluster = branch.cluster
    cluster.port = endpoint.port
    cluster.customSettings = Self.customSettings(
      configuration,
      branch: id,
      endpoint: endpointID
    )
    if let target = branch.pending, !cluster.hasData {
      try cluster.startRecovered(at: target)
    } else {
      try cluster.start()
    }
    state.withLock { state in
      let now = Time.now()
      state.change(branch: id) {
        if let target = $0.pending { $0.history = $0.history.recovered(to: target, ready: now) }
        $0.pending = nil
      }
      state.change(endpoint: endpointID) {
        $0.phase = .active
        $0.startedAt = now
        $0.suspendedAt = nil
      }
    }
  }

  /// Ends a branch's server.
  func suspend(branch id: String, endpoint endpointID: String) throws(ClusterError) {
    try state.withLock { $0.branches.first { $0.id == id } }?.cluster.stop(.fast)
    state.withLock { state in
      state.change(endpoint: endpointID) {
        $0.phase = .idle
        $0.suspendedAt = .now()
      }
    }
  }

  /// Makes a cluster with the history of `source` up to now, and tells where `moment` is in it.
  ///
  /// A source that has data but does not run is started for it: what it wrote last has to be in
  /// the archive, with a commit after it.
  func fork(
    _ source: NeonBranch,
    at moment: NeonMoment,
    into folder: String,
    port: UInt16
  ) throws(ClusterError) -> (cluster: Cluster, target: Cluster.RecoveryTarget) {
    let cluster = source.cluster
    let mustStart = cluster.hasData && !cluster.isRunning
    if mustStart {
      if cluster.port == 0 { cluster.port = try LoopbackPort.free() }
      try cluster.start()
    }
    defer { if mustStart { try? cluster.stop(.fast) } }
    let copy = try cluster.fork(into: folder, port: port)
    guard let target = moment.target ?? copy.end.map({ .lsn($0) }) ?? source.pending else {
      throw .outsideHistory("the end of branch '\(source.name)'")
    }
    return (copy.cluster, target)
  }
}
