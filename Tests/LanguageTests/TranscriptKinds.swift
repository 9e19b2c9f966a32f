import Language
import Objects
import Synchronization
import Values

/// Kinds for transcripts: small, but with every sort of member.
enum TranscriptKinds {
  static let all: [ObjectKind] = [environment, deployment, jobs, job, database]

  struct EnvironmentFacts: Sendable {
    let name: String
    let world: TranscriptWorld
  }

  struct DeploymentFacts: Sendable {
    let id: String
    let state: String
    let age: TimeSpan
  }

  // MARK: - Objects

  static func makeEnvironment(_ name: String, _ world: TranscriptWorld) -> ObjectValue {
    ObjectValue(
      environment,
      identity: name,
      environment: name,
      payload: EnvironmentFacts(name: name, world: world)
    )
  }

  static func makeDeployment(_ id: String, _ state: String, _ age: TimeSpan) -> Value {
    .object(
      ObjectValue(
        deployment,
        identity: id,
        environment: "production",
        payload: DeploymentFacts(id: id, state: state, age: age)
      )
    )
  }

  static let deployments: [Value] = [
    makeDeployment("dpl_3", "ready", .minutes(10)), makeDeployment("dpl_2", "error", .hours(1)),
    makeDeployment("dpl_1", "ready", .hours(26)),
  ]

  static func plan(
    _ summary: String,
    kind: String,
    _ member: String,
    environment: String?,
    _ body: @escaping @Sendable () throws(Failure) -> Value
  ) -> Plan {
    Plan(
      target: Plan.Target(environment: environment, kind: kind, identity: environment ?? ""),
      member: "\(kind).\(member)",
      effect: .change,
      effectClass: .observable,
      summary: summary,
      precondition: .init("it was not done", of: summary, seen: false) { _ throws(Failure) in false
      },
      resultType: member == "branch" ? .object("database") : .any,
      body: .effect { (_: PerformContext) throws(Failure) in try body() }
    )
  }

  // MARK: - Kinds

  static let environment: ObjectKind = ObjectKind(
    "environment",
    summary: "where the application runs",
    members: [
      .field("name", .text, "its name", column: true) { (facts: EnvironmentFacts) in
        .text(facts.name)
      },
      .field("protected", .bool, "whether changes are asked about", column: true) {
        (facts: EnvironmentFacts) in .bool(facts.name == "production")
      },
      .read("deployments", .list(of: .object("deployment")), "what was deployed") {
        (_: EnvironmentFacts, _, _) throws(Failure) in .list(deployments)
      },
      .read("live", .optional(.object("deployment")), "what serves now") {
        (facts: EnvironmentFacts, _, _) throws(Failure) in
        facts.name == "production" ? deployments[0] : .nothing
      },
      .read("health", .record, "whether it answers") {
        (facts: EnvironmentFacts, _, context) throws(Failure) in
        let isUp = facts.world.now().microseconds >= TranscriptWorld.start.microseconds + 10_000_000
        return .record(Record(["status": .text(isUp ? "ok" : "degraded")]))
      },
      .read("rows", .list(of: .record), "rows that are sent one by one") {
        (facts: EnvironmentFacts, _, _) throws(Failure) in .stream(TestRows(facts.world))
      },
      .read("broken", .any, "what can not be reached") {
        (_: EnvironmentFacts, _, _) throws(Failure) in
        throw Failure(.unreachable, "nobody answers")
      },
      .field("jobs", .object("jobs"), "what runs by itself") { (facts: EnvironmentFacts) in
        .object(ObjectValue(jobs, identity: "jobs", environment: facts.name, payload: facts))
      },
      .field("database", .object("database"), "its database") { (facts: EnvironmentFacts) in
        .object(ObjectValue(database, identity: "main", environment: facts.name, payload: facts))
      },
      .action(
        "rollback",
        gives: .object("deployment"),
        "puts an older deployment back",
        effect: .change,
        parameters: [Parameter("to", .object("deployment"), "the deployment to put back")]
      ) { (facts: EnvironmentFacts, arguments, _) throws(Failure) in
        let target = try arguments.object("to", kind: "deployment")
        let id = target?.identity ?? ""
        return plan(
          "roll \(facts.name) back to \(id)",
          kind: "environment",
          "rollback",
          environment: facts.name
        ) {
          target.map { .object($0) } ?? .nothing
        }
      },
      .action(
        "purge",
        "forgets a path",
        effect: .change,
        parameters: [Parameter("path", .text, "the path", isPositional: true)]
      ) { (facts: EnvironmentFacts, arguments, _) throws(Failure) in
        let path = try arguments.text("path") ?? ""
        return plan(
          "purge \(path) of \(facts.name)",
          kind: "environment",
          "purge",
          environment: facts.name
        ) {
          () throws(Failure) in
          if path == "/bad" { throw Failure(.refused, "there is no \(path)") }
          return .text("purged \(path)")
        }
      },
    ],
    later: ["costs"]
  )

  static let deployment: ObjectKind = ObjectKind(
    "deployment",
    summary: "one version that was deployed",
    members: [
      .field("id", .text, "its id", column: true) { (facts: DeploymentFacts) in .text(facts.id) },
      .field("state", .oneOf(["ready", "error"]), "how it went", column: true) {
        (facts: DeploymentFacts) in .text(facts.state)
      },
      .field("age", .duration, "since when", column: true) { (facts: DeploymentFacts) in
        .duration(facts.age)
      },
      .action("cancel", "stops it", effect: .destroy) { (facts: DeploymentFacts, _, _) in
        plan("cancel \(facts.id)", kind: "deployment", "cancel", environment: "production") {
          .nothing
        }
      },
    ]
  )

  static let jobs: ObjectKind = ObjectKind(
    "jobs",
    summary: "the jobs of an environment",
    members: [
      .read("all", .list(of: .object("job")), "each of them") {
        (_: EnvironmentFacts, _, _) throws(Failure) in
        .list(
          ["usage-aggregation", "ad-data-sync"].map { name in
            .object(ObjectValue(job, identity: name, payload: name))
          }
        )
      },
      .action("pause", "stops them all", effect: .change) { (_: EnvironmentFacts, _, _) in
        plan("pause 2 jobs", kind: "jobs", "pause", environment: "production") { .nothing }
      },
    ]
  )

  static let job: ObjectKind = ObjectKind(
    "job",
    summary: "what runs by itself",
    members: [
      .field("name", .text, "its name", column: true) { (name: String) in .text(name) },
      .action("run", "runs it now", effect: .change) { (name: String, _, _) in
        plan("run \(name)", kind: "job", "run", environment: "production") { .text("started") }
      },
    ]
  )

  static let database: ObjectKind = ObjectKind(
    "database",
    summary: "a database",
    members: [
      .action(
        "branch",
        gives: .object("database"),
        "copies it",
        effect: .change,
        parameters: [Parameter("name", .text, "the copy's name", isPositional: true)]
      ) { (facts: EnvironmentFacts, arguments, _) throws(Failure) in
        let name = try arguments.text("name") ?? ""
        return plan("branch \(name)", kind: "database", "branch", environment: facts.name) {
          .object(ObjectValue(database, identity: name, environment: facts.name, payload: facts))
        }
      },
      .read("size", .size, "how large it is") { (_: EnvironmentFacts, _, _) throws(Failure) in
        .size(1_500_000)
      },
      .action("delete", "deletes it", effect: .destroy) { (facts: EnvironmentFacts, _, _) in
        plan("delete the branch", kind: "database", "delete", environment: facts.name) { .nothing }
      },
    ]
  )
}

/// A thousand rows that say how many of them were sent.
final class TestRows: ValueStream {
  let world: TranscriptWorld

  init(_ world: TranscriptWorld) {
    self.world = world
  }

  func next() throws(Failure) -> Value? {
    let number = world.state.withLock { state in
      state.sent += 1
      return state.sent
    }
    guard number <= 1000 else { return nil }
    return .record(Record(["n": .int(Int64(number))]))
  }

  func cancel() {
    let sent = world.state.withLock { state in
      defer { state.sent = 1000 }
      return state.sent
    }
    if sent < 1000 { world.say("(cancelled after \(sent))") }
  }
}
