package import Objects
package import Values

extension OperatedEnvironment {
  package var value: Value { .object(objectValue) }

  package var objectValue: ObjectValue {
    ObjectValue(.environment, identity: name, environment: name, payload: self)
  }

  /// Makes objects of this environment's deployments.
  package var wrap: WrapDeployment {
    { DeploymentPayload($0, of: self).value }
  }

  fileprivate func value(_ deployment: Deployment?) -> Value {
    .orNothing(deployment) { DeploymentPayload($0, of: self).value }
  }
}

extension ObjectKind {
  package static let environment = ObjectKind(
    "environment",
    summary: "one environment of the product: production, staging, …",
    members: environmentFields + environmentDeployments + environmentReads + environmentActions,
    later: [
      "cache", "queue", "monitors", "dns", "checks", "deploy", "purge", "changes",
    ]
  )

  private static let environmentFields: [Member] = [
    .field("name", .text, "its name in the stack file", column: true) {
      (it: OperatedEnvironment) in .text(it.name)
    },
    .field("url", .optional(.text), "where people reach it", column: true) {
      (it: OperatedEnvironment) in .orNothing(it.url) { .text($0) }
    },
    .field("protected", .bool, "says whether a change asks first", column: true) {
      (it: OperatedEnvironment) in .bool(it.isProtected)
    },
    .field("region", .optional(.text), "where it runs") { (it: OperatedEnvironment) in
      .orNothing(it.region) { .text($0) }
    },
    .field("jobs", .object("jobs"), "the scheduled jobs, and their one switch") {
      (it: OperatedEnvironment) in JobsPayload(environment: it).value
    },
    .read("database", .optional(.object("database")), "its database", cost: .held) {
      (it: OperatedEnvironment, _, _) throws(Failure) in
      .orNothing(try it.ifNamed(it.database, .database)) {
        DatabasePayload($0, environment: it.name).value
      }
    },
    .field("variables", .object("variables"), "its variables: names and tiers, never values") {
      (it: OperatedEnvironment) in VariablesPayload(environment: it).value
    },
  ]

  private static let environmentDeployments: [Member] = [
    .read("live", .optional(.object("deployment")), "the deployment that serves now") {
      (it: OperatedEnvironment, _, context) throws(Failure) in
      it.value(try it.live(in: context))
    },
    .read(
      "last_good",
      .optional(.object("deployment")),
      "the newest deployment that served well before the live one; nothing if there is none",
      cost: .slow
    ) { (it: OperatedEnvironment, _, context) throws(Failure) in
      let judged = try it.rollbackCandidates(in: context)
      return it.value(judged.last { $0.objection == nil }?.deployment)
    },
    .read(
      "rollback_candidates",
      .list(of: .fields(RollbackCandidate.fields)),
      "older deployments, and why each is or is not the one to go back to",
      cost: .slow
    ) { (it: OperatedEnvironment, _, context) throws(Failure) in
      .list(try it.rollbackCandidates(in: context).map { $0.value(in: it) })
    },
    .read(
      "culprit",
      .optional(.object("deployment")),
      "the deployment that began the errors; nothing if none fits their beginning",
      cost: .slow
    ) { (it: OperatedEnvironment, _, context) throws(Failure) in
      it.value(try it.culprit(in: context))
    },
    .read(
      "trouble_since",
      .optional(.time),
      "since when there are more errors than usual",
      cost: .request
    ) { (it: OperatedEnvironment, _, context) throws(Failure) in
      .orNothing(try it.troubleSince(in: context)) { .time($0) }
    },
    .read(
      "deployments",
      .list(of: .object("deployment")),
      "its deployments, newest first, through all pages",
      cost: .slow
    ) { (it: OperatedEnvironment, _, context) throws(Failure) in
      let hosting = try it.needHosting()
      var query = DeploymentQuery()
      query.tier = hosting.tier(of: it.name)
      let source = try hosting.deployments(query, in: context)
      return .stream(DeploymentStream(source, of: it))
    },
  ]

  private static let environmentReads: [Member] = [
    .read("health", .object("health"), "what its health endpoint says: live, ready and in full") {
      (it: OperatedEnvironment, _, context) throws(Failure) in
      try it.needHealth().health(of: it.needURL(), in: context).value(of: it.name)
    },
    .read("certificate", .optional(.object("certificate")), "the certificate it answers with") {
      (it: OperatedEnvironment, _, context) throws(Failure) in
      let found = try it.needHealth().certificate(of: it.needURL(), in: context)
      return .orNothing(found) { $0.value }
    },
    .read(
      "errors",
      .list(of: .object("issue")),
      "what went wrong, most events first",
      parameters: LogWindow.windowParameters
    ) { (it: OperatedEnvironment, arguments, context) throws(Failure) in
      let window = try LogWindow.window(arguments, usual: .hours(1), in: context)
      let issues = try it.needErrors().issues(window, environment: it.name, in: context)
      return .list(issues.map(\.value))
    },
    .read(
      "traffic",
      .object("traffic"),
      "requests, error rate and p95 of a window",
      parameters: LogWindow.windowParameters
    ) { (it: OperatedEnvironment, arguments, context) throws(Failure) in
      let window = try LogWindow.window(arguments, usual: .minutes(5), in: context)
      return try it.needErrors().observedTraffic(window, environment: it.name, in: context).value
    },
    .read(
      "logs",
      .list(of: .object("log_line")),
      "its request and runtime log, newest first",
      parameters: LogWindow.parameters,
      cost: .slow
    ) { (it: OperatedEnvironment, arguments, context) throws(Failure) in
      let hosting = try it.needHosting()
      var query = try LogWindow.query(arguments, in: context)
      query.tier = hosting.tier(of: it.name)
      return .stream(LogStream(try hosting.logs(query, in: context)))
    },
    .read(
      "live_log",
      .list(of: .object("log_line")),
      "the live deployment's log as it happens, until you stop it",
      cost: .slow
    ) { (it: OperatedEnvironment, _, context) throws(Failure) in
      guard let live = try it.live(in: context) else {
        throw Failure(.refused, "no deployment serves \(it.name)")
      }
      return .stream(LogStream(try it.needHosting().followLogs(of: live.id, in: context)))
    },
    .read("paused", .bool, "says whether the hosting answers nobody because somebody paused it") {
      (it: OperatedEnvironment, _, context) throws(Failure) in
      .bool(try it.needHosting().project(in: context).isPaused)
    },
    .read("status", .object("status"), "the one screen, of this environment") {
      (it: OperatedEnvironment, _, context) throws(Failure) in
      StatusReport.gather([it], in: context).value
    },
  ]

  private static let productionOnly = Member.Restriction(
    environments: ["production"],
    advice: "the instant rollback exists for production only; use promote or redeploy there"
  )

  private static let environmentActions: [Member] = [
    .action(
      "rollback",
      gives: .fields([.init("deployment", .object("deployment"))]),
      "puts an earlier deployment back; nothing is rebuilt",
      effect: .change,
      parameters: [
        Parameter("to", .object("deployment"), "the deployment that shall serve again")
      ],
      restriction: productionOnly
    ) { (it: OperatedEnvironment, arguments, context) throws(Failure) in
      let deployment = try it.deployment(arguments, "to", for: "rollback")
      return try it.needHosting().rollback(
        it.target,
        to: deployment,
        in: context,
        wrap: it.wrap
      )
    },
    .action(
      "promote",
      gives: .object("deployment"),
      "makes a deployment the one that serves",
      effect: .change,
      parameters: [
        Parameter(
          "deployment",
          .object("deployment"),
          "the deployment that shall serve",
          isPositional: true
        )
      ]
    ) { (it: OperatedEnvironment, arguments, context) throws(Failure) in
      let deployment = try it.deployment(arguments, "deployment", for: "promote")
      return try it.needHosting().promote(
        it.target,
        deployment,
        in: context,
        wrap: it.wrap
      )
    },
    .action("pause", "answers nobody until it is resumed", effect: .change) {
      (it: OperatedEnvironment, _, context) throws(Failure) in
      try it.needHosting().pause(it.target, in: context)
    },
    .action("resume", "answers again after a pause", effect: .change) {
      (it: OperatedEnvironment, _, context) throws(Failure) in
      try it.needHosting().resume(it.target, in: context)
    },
    .action(
      "unlock",
      "lets changes go through with a y for a while; never what can not be taken back",
      effect: .change,
      parameters: [
        Parameter("for", .duration, "how long, at most an hour"),
        Parameter("because", .text, "why; goes into the record"),
      ]
    ) { (it: OperatedEnvironment, arguments, context) throws(Failure) in
      guard let span = try arguments.duration("for"), let reason = try arguments.text("because")
      else { throw Failure(.value, "'unlock' needs for and because") }
      guard span > TimeSpan(microseconds: 0), span <= .hours(1) else {
        throw Failure(.value, "'for' must be up to 1h, but is \(span.roundedText)")
      }
      return Plan(
        target: it.target,
        member: "environment.unlock",
        arguments: [("for", .duration(span)), ("because", .text(reason))],
        effect: .change,
        effectClass: .read,
        summary: "unlock \(it.name) for \(span.roundedText): \(reason)",
        consequences: [
          "a y does what else needs the environment's name; what loses data still asks for its token"
        ],
        undo: "nothing to do, it ends by itself",
        body: .effect { _ throws(Failure) in .nothing }
      )
    },
    .action(
      "set_variable",
      "sets a variable; it takes effect with the next deployment",
      effect: .change,
      parameters: [
        Parameter("name", .text, "the variable's name", isPositional: true),
        Parameter("value", .secret, "its value", isPositional: true),
        Parameter(
          "sensitive",
          .bool,
          "says that nobody can read it back; true if left out",
          isRequired: false
        ),
      ]
    ) { (it: OperatedEnvironment, arguments, context) throws(Failure) in
      let hosting = try it.needHosting()
      guard let name = try arguments.text("name"), case .secret(let value)? = arguments["value"]
      else { throw Failure(.value, "'set_variable' needs a name and a secret") }
      let change = VariableChange(
        name: name,
        value: value,
        tier: hosting.tier(of: it.name),
        isSensitive: try arguments.bool("sensitive") ?? true
      )
      return try hosting.setVariable(it.target, change, in: context)
    },
  ]
}

extension OperatedEnvironment {
  fileprivate func deployment(_ arguments: Arguments, _ name: String, for action: String)
    throws(Failure) -> Deployment
  {
    guard let object = try arguments.object(name, kind: "deployment") else {
      throw Failure(
        .refused,
        "there is no deployment to \(action)",
        advice: ["see \(self.name).rollback_candidates for why each one was passed over"]
      )
    }
    let payload: DeploymentPayload = try object.payload(for: action)
    return payload.deployment
  }
}

/// Deployments as rows.
final class DeploymentStream: ValueStream {
  private let source: any DeploymentSource
  private let environment: OperatedEnvironment

  init(_ source: any DeploymentSource, of environment: OperatedEnvironment) {
    self.source = source
    self.environment = environment
  }

  func next() throws(Failure) -> Value? {
    try source.next().map { DeploymentPayload($0, of: environment).value }
  }
}

extension RollbackCandidate {
  static let fields: [ValueType.Field] = [
    .init("deployment", .object("deployment")), .init("served", .duration),
    .init("errors_per_minute", .optional(.number)), .init("verdict", .text),
  ]

  func value(in environment: OperatedEnvironment) -> Value {
    .record(
      Record([
        "deployment": DeploymentPayload(deployment, of: environment).value,
        "served": .duration(served),
        "errors_per_minute": .orNothing(errorsPerMinute) {
          .number(($0 * 100).rounded() / 100)
        },
        "verdict": .text(objection ?? "good"),
      ])
    )
  }
}
