import Objects
import Stack
import Synchronization
import Values

/// A hosting that answers what a test gave it, and plans nothing.
final class FakeHosting: Hosting {
  let vendor = "Fakehost"
  private let all: [Deployment]
  private let liveID: String?
  private let state: HostingProject
  private let rolledBack: Set<String>
  private let failure: Failure?

  init(
    _ deployments: [Deployment],
    live: String?,
    project: HostingProject = .init(
      isPaused: false,
      cronsEnabled: true,
      crons: [],
      lastSwitch: nil
    ),
    rolledBackFrom: Set<String> = [],
    failure: Failure? = nil
  ) {
    all = deployments
    liveID = live
    state = project
    rolledBack = rolledBackFrom
    self.failure = failure
  }

  func tier(of environment: String) -> String { environment }

  private func check() throws(Failure) {
    if let failure { throw failure }
  }

  func deployments(_ query: DeploymentQuery, in context: CallContext) throws(Failure)
    -> any DeploymentSource
  {
    try check()
    return Source(
      all.filter { deployment in
        (query.state.map { $0 == deployment.state } ?? true)
          && (query.since.map { deployment.created > $0 } ?? true)
      }
    )
  }

  private final class Source: DeploymentSource {
    private let rest: Mutex<ArraySlice<Deployment>>

    init(_ deployments: [Deployment]) {
      rest = Mutex(deployments.sorted { $0.created > $1.created }[...])
    }

    func next() throws(Failure) -> Deployment? { rest.withLock { $0.popFirst() } }
  }

  func deployment(_ id: String, in context: CallContext) throws(Failure) -> Deployment {
    try check()
    guard let found = all.first(where: { $0.id == id }) else { throw Failure(.refused, "no \(id)") }
    return found
  }

  func live(tier: String, in context: CallContext) throws(Failure) -> Deployment? {
    try check()
    return all.first { $0.id == liveID }
  }

  func project(in context: CallContext) throws(Failure) -> HostingProject {
    try check()
    return state
  }

  func rolledBackFrom(in context: CallContext) throws(Failure) -> Set<String> { rolledBack }
  func buildLog(of deployment: String, in context: CallContext) throws(Failure) -> [LogLine] { [] }
  func logs(_ query: LogQuery, in context: CallContext) throws(Failure) -> any LogSource {
    throw Self.unused
  }
  func followLogs(of deployment: String, in context: CallContext) throws(Failure)
    -> any LogSource
  {
    throw Self.unused
  }
  func variables(tier: String, in context: CallContext) throws(Failure) -> [Variable] { [] }

  private static let unused = Failure(.usage, "no test asks for this")

  func rollback(
    _ target: Plan.Target,
    to deployment: Deployment,
    in context: CallContext,
    wrap: @escaping WrapDeployment
  ) throws(Failure) -> Plan { throw Self.unused }
  func promote(
    _ target: Plan.Target,
    _ deployment: Deployment,
    in context: CallContext,
    wrap: @escaping WrapDeployment
  ) throws(Failure) -> Plan { throw Self.unused }
  func redeploy(
    _ target: Plan.Target,
    _ deployment: Deployment,
    in context: CallContext,
    wrap: @escaping WrapDeployment
  ) throws(Failure) -> Plan { throw Self.unused }
  func cancel(_ target: Plan.Target, _ deployment: Deployment, in context: CallContext)
    throws(Failure) -> Plan
  { throw Self.unused }
  func pause(_ target: Plan.Target, in context: CallContext) throws(Failure) -> Plan {
    throw Self.unused
  }
  func resume(_ target: Plan.Target, in context: CallContext) throws(Failure) -> Plan {
    throw Self.unused
  }
  func setCrons(_ target: Plan.Target, enabled: Bool, jobs: [String], in context: CallContext)
    throws(Failure) -> Plan
  { throw Self.unused }
  func runCron(_ target: Plan.Target, job: Job, in context: CallContext) throws(Failure) -> Plan {
    throw Self.unused
  }
  func setVariable(_ target: Plan.Target, _ change: VariableChange, in context: CallContext)
    throws(Failure) -> Plan
  { throw Self.unused }
}

/// Health that is always the same.
struct FakeHealth: HealthProbe {
  var report: HealthReport

  init(_ status: String) {
    report = HealthReport(status: status, isLive: true, isReady: status == "ok")
  }

  func health(of url: String, in context: CallContext) throws(Failure) -> HealthReport { report }
  func certificate(of url: String, in context: CallContext) throws(Failure) -> Certificate? { nil }
}
