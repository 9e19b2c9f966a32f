package import Objects
package import Values

/// A deployment together with the environment it was read through.
package struct DeploymentPayload: Sendable {
  package var deployment: Deployment
  package var environment: OperatedEnvironment

  package init(_ deployment: Deployment, of environment: OperatedEnvironment) {
    self.deployment = deployment
    self.environment = environment
  }

  package var value: Value {
    .object(
      ObjectValue(
        .deployment,
        identity: deployment.id,
        environment: environment.name,
        payload: self
      )
    )
  }

  fileprivate var target: Plan.Target {
    Plan.Target(environment: environment.name, kind: "deployment", identity: deployment.id)
  }
}

extension ObjectKind {
  package static let deployment = ObjectKind(
    "deployment",
    summary: "one build of the application, and where it serves",
    members: deploymentFields + deploymentReads + deploymentActions,
    later: ["changes_since"]
  )

  private static let deploymentFields: [Member] = [
    .field("id", .text, "the vendor's id", column: true) { (it: DeploymentPayload) in
      .text(it.deployment.id)
    },
    .field(
      "state",
      .oneOf(Deployment.State.allCases.map(\.rawValue)),
      "how far the build is",
      column: true
    ) { (it: DeploymentPayload) in .text(it.deployment.state.rawValue) },
    .field("target", .text, "the hosting's tier: production or preview", column: true) {
      (it: DeploymentPayload) in .text(it.deployment.target)
    },
    .field("created", .time, "when it was made") { (it: DeploymentPayload) in
      .time(it.deployment.created)
    },
    .field("age", .duration, "how long ago it was made", column: true) {
      (it: DeploymentPayload) in
      .duration(
        TimeSpan(
          microseconds: it.deployment.seen.microseconds - it.deployment.created.microseconds
        )
      )
    },
    .field("ready", .optional(.time), "when its build was done") { (it: DeploymentPayload) in
      .orNothing(it.deployment.ready) { .time($0) }
    },
    .field("commit", .optional(.text), "the commit it was built from", column: true) {
      (it: DeploymentPayload) in .orNothing(it.deployment.commit) { .text($0) }
    },
    .field("author", .optional(.text), "who made the commit", column: true) {
      (it: DeploymentPayload) in .orNothing(it.deployment.author) { .text($0) }
    },
    .field("message", .optional(.text), "the commit's message", column: true) {
      (it: DeploymentPayload) in .orNothing(it.deployment.message) { .text($0) }
    },
    .field("url", .text, "its own address") { (it: DeploymentPayload) in
      .text(it.deployment.url)
    },
    .field("error", .optional(.text), "why its build failed") { (it: DeploymentPayload) in
      .orNothing(it.deployment.errorMessage) { .text($0) }
    },
    .field("page", .optional(.text), "the vendor's page about it") { (it: DeploymentPayload) in
      .orNothing(it.deployment.inspectorURL) { .text($0) }
    },
    .field("is_rollback_candidate", .bool, "says whether the vendor can still roll back to it") {
      (it: DeploymentPayload) in .bool(it.deployment.isRollbackCandidate)
    },
  ]

  private static let deploymentReads: [Member] = [
    .read("aliases", .list(of: .text), "the names that lead to it") {
      (it: DeploymentPayload, _, context) throws(Failure) in
      let fresh = try it.environment.needHosting().deployment(it.deployment.id, in: context)
      return .list(fresh.aliases.map { .text($0) })
    },
    .read("is_live", .bool, "says whether it serves its environment now") {
      (it: DeploymentPayload, _, context) throws(Failure) in
      let hosting = try it.environment.needHosting()
      let live = try hosting.live(tier: hosting.tier(of: it.environment.name), in: context)
      return .bool(live?.id == it.deployment.id)
    },
    .read("build_log", .list(of: .object("log_line")), "what its build printed", cost: .slow) {
      (it: DeploymentPayload, _, context) throws(Failure) in
      let lines = try it.environment.needHosting().buildLog(of: it.deployment.id, in: context)
      return .list(lines.map(\.value))
    },
    .read(
      "logs",
      .list(of: .object("log_line")),
      "its request and runtime log, newest first",
      parameters: LogWindow.parameters,
      cost: .slow
    ) { (it: DeploymentPayload, arguments, context) throws(Failure) in
      var query = try LogWindow.query(arguments, in: context)
      query.deployment = it.deployment.id
      return .stream(
        LogStream(try it.environment.needHosting().logs(query, in: context))
      )
    },
    .read(
      "safe_point",
      .time,
      "the last moment before anything of it touched the database",
      cost: .slow
    ) { (it: DeploymentPayload, _, context) throws(Failure) in
      .time(try SafePoint.of(it.deployment, in: it.environment, context))
    },
    .read(
      "migrations_since",
      .list(of: .object("migration")),
      "the migrations that ran after it was built",
      cost: .slow
    ) { (it: DeploymentPayload, _, context) throws(Failure) in
      let start = it.deployment.ready ?? it.deployment.created
      let migrations = try it.environment.needDatabase().migrations(in: context)
      return .list(
        migrations.filter { ($0.started ?? start) > start && $0.state != .pending }.map {
          $0.value(in: it.environment.name)
        }
      )
    },
  ]

  private static let deploymentActions: [Member] = [
    .action(
      "promote",
      gives: .object("deployment"),
      "makes it the one that serves production",
      effect: .change
    ) { (it: DeploymentPayload, _, context) throws(Failure) in
      try it.environment.needHosting().promote(
        it.target,
        it.deployment,
        in: context,
        wrap: it.environment.wrap
      )
    },
    .action(
      "redeploy",
      gives: .object("deployment"),
      "builds the same commit again, with today's variables",
      effect: .change
    ) { (it: DeploymentPayload, _, context) throws(Failure) in
      try it.environment.needHosting().redeploy(
        it.target,
        it.deployment,
        in: context,
        wrap: it.environment.wrap
      )
    },
    .action("cancel", "stops its build", effect: .change) {
      (it: DeploymentPayload, _, context) throws(Failure) in
      try it.environment.needHosting().cancel(it.target, it.deployment, in: context)
    },
  ]
}

extension Value {
  /// Makes a value, or nothing where there is none.
  package static func orNothing<Wrapped>(_ wrapped: Wrapped?, _ make: (Wrapped) -> Value)
    -> Value
  {
    wrapped.map(make) ?? .nothing
  }
}
