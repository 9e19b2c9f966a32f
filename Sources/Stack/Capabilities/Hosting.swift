package import Objects
package import Values

/// Where an environment's application runs, and who builds and serves it.
///
/// One value serves one project. Reads give data; each action gives the plan of exactly that call.
package protocol Hosting: Sendable {
  /// The vendor's name for people, such as `Vercel`.
  var vendor: String { get }
  /// The vendor's own environment name for one of ours (`production`, `preview`, …).
  func tier(of environment: String) -> String

  /// Gives deployments newest first; a page is asked for when the one before it is used up.
  func deployments(_ query: DeploymentQuery, in context: CallContext) throws(Failure)
    -> any DeploymentSource
  func deployment(_ id: String, in context: CallContext) throws(Failure) -> Deployment
  /// The deployment that serves the tier now; nothing if none does.
  func live(tier: String, in context: CallContext) throws(Failure) -> Deployment?
  func project(in context: CallContext) throws(Failure) -> HostingProject
  /// Ids that somebody rolled back from, as far as the vendor still tells.
  func rolledBackFrom(in context: CallContext) throws(Failure) -> Set<String>

  func buildLog(of deployment: String, in context: CallContext) throws(Failure) -> [LogLine]
  /// Request and runtime log lines, newest first, streamed.
  func logs(_ query: LogQuery, in context: CallContext) throws(Failure) -> any LogSource
  /// Lines as they happen, until cancelled or the vendor ends the stream.
  func followLogs(of deployment: String, in context: CallContext) throws(Failure) -> any LogSource
  func variables(tier: String, in context: CallContext) throws(Failure) -> [Variable]

  /// Actions that end with a deployment take `wrap`, which makes its object.
  func rollback(
    _ target: Plan.Target,
    to deployment: Deployment,
    in context: CallContext,
    wrap: @escaping WrapDeployment
  ) throws(Failure) -> Plan
  func promote(
    _ target: Plan.Target,
    _ deployment: Deployment,
    in context: CallContext,
    wrap: @escaping WrapDeployment
  ) throws(Failure) -> Plan
  func redeploy(
    _ target: Plan.Target,
    _ deployment: Deployment,
    in context: CallContext,
    wrap: @escaping WrapDeployment
  ) throws(Failure) -> Plan
  func cancel(_ target: Plan.Target, _ deployment: Deployment, in context: CallContext)
    throws(Failure) -> Plan
  func pause(_ target: Plan.Target, in context: CallContext) throws(Failure) -> Plan
  func resume(_ target: Plan.Target, in context: CallContext) throws(Failure) -> Plan
  /// One switch for all crons of the project.
  func setCrons(_ target: Plan.Target, enabled: Bool, jobs: [String], in context: CallContext)
    throws(Failure) -> Plan
  func runCron(_ target: Plan.Target, job: Job, in context: CallContext) throws(Failure) -> Plan
  func setVariable(_ target: Plan.Target, _ change: VariableChange, in context: CallContext)
    throws(Failure) -> Plan
}

package typealias WrapDeployment = @Sendable (Deployment) -> Value

/// Which deployments are wanted.
package struct DeploymentQuery: Sendable {
  package var tier: String?
  package var state: Deployment.State?
  package var onlyRollbackCandidates = false
  package var since: Time?
  package var until: Time?
  package var commit: String?

  package init() {}
}

/// Deployments that arrive page by page; read by one reader.
package protocol DeploymentSource: AnyObject, Sendable {
  func next() throws(Failure) -> Deployment?
}

/// One build of the application.
package struct Deployment: Sendable {
  package enum State: String, Sendable, CaseIterable {
    case queued, initializing, building, ready, error, canceled
  }

  package var id: String
  /// With scheme.
  package var url: String
  package var state: State
  /// The vendor's tier, such as `production`, `preview`.
  package var target: String
  package var created: Time
  package var buildStarted: Time?
  package var ready: Time?
  package var commit: String?
  package var author: String?
  package var message: String?
  package var aliases: [String]
  package var isRollbackCandidate: Bool
  package var errorMessage: String?
  /// The vendor's page about it.
  package var inspectorURL: String?
  /// When this was read.
  package var seen: Time

  package init(id: String, url: String, state: State, target: String, created: Time, seen: Time) {
    self.id = id
    self.url = url
    self.state = state
    self.target = target
    self.created = created
    self.seen = seen
    aliases = []
    isRollbackCandidate = false
  }
}

/// What the hosting says of the whole project.
package struct HostingProject: Sendable {
  package var isPaused: Bool
  /// Nothing where the vendor has no crons.
  package var cronsEnabled: Bool?
  package var crons: [(path: String, schedule: String)]
  /// The last switch of production's alias.
  package var lastSwitch: Switch?

  package struct Switch: Sendable {
    package var from: String?
    package var to: String
    /// `pending`, `in-progress`, `succeeded`, `failed`, `skipped`.
    package var status: String
    /// `rollback` or `promote`.
    package var kind: String
    package var requested: Time

    package init(from: String?, to: String, status: String, kind: String, requested: Time) {
      self.from = from
      self.to = to
      self.status = status
      self.kind = kind
      self.requested = requested
    }
  }

  package init(
    isPaused: Bool,
    cronsEnabled: Bool?,
    crons: [(path: String, schedule: String)],
    lastSwitch: Switch?
  ) {
    self.isPaused = isPaused
    self.cronsEnabled = cronsEnabled
    self.crons = crons
    self.lastSwitch = lastSwitch
  }
}

/// A variable's name and where it applies, never its value.
package struct Variable: Sendable {
  package var name: String
  package var tiers: [String]
  package var kind: String
  package var updated: Time?

  package init(name: String, tiers: [String], kind: String, updated: Time?) {
    self.name = name
    self.tiers = tiers
    self.kind = kind
    self.updated = updated
  }
}

package struct VariableChange: Sendable {
  package var name: String
  package var value: Secret
  package var tier: String
  package var isSensitive: Bool

  package init(name: String, value: Secret, tier: String, isSensitive: Bool) {
    self.name = name
    self.value = value
    self.tier = tier
    self.isSensitive = isSensitive
  }
}

/// One line of a log.
package struct LogLine: Sendable {
  package var time: Time
  /// `debug`, `info`, `warning`, `error`, `fatal`.
  package var level: String
  package var message: String
  package var path: String?
  package var method: String?
  package var status: Int64?
  package var deployment: String?
  package var source: String?

  package init(time: Time, level: String, message: String) {
    self.time = time
    self.level = level
    self.message = message
  }
}

package struct LogQuery: Sendable {
  package var since: Time
  package var until: Time
  package var deployment: String?
  package var tier: String?
  package var level: String?
  package var path: String?

  package init(since: Time, until: Time) {
    self.since = since
    self.until = until
  }
}

/// Log lines that arrive one by one.
package protocol LogSource: AnyObject, Sendable {
  func next() throws(Failure) -> LogLine?
  func cancel()
}
