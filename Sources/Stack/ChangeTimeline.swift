package import Objects
package import Values

/// One thing that changed somewhere in the stack.
package struct StackChange: Sendable {
  package var time: Time
  package var environment: String
  /// `deployment`, `rollback`, `promote`, `migration`, `variable`, `crons`.
  package var kind: String
  package var summary: String

  package init(time: Time, environment: String, kind: String, summary: String) {
    self.time = time
    self.environment = environment
    self.kind = kind
    self.summary = summary
  }

  fileprivate var value: Value {
    .record(
      Record([
        "time": .time(time), "environment": .text(environment), "kind": .text(kind),
        "what": .text(summary),
      ])
    )
  }
}

/// Deployments, switches, migrations and variables in one timeline, newest first.
package enum ChangeTimeline {
  package static let fields: [ValueType.Field] = [
    .init("time", .time), .init("environment", .text),
    .init("kind", .oneOf(["deployment", "rollback", "promote", "migration", "variable"])),
    .init("what", .text),
  ]

  /// Asks all sources at once; one that fails fails the whole, because a timeline with a hole misleads.
  package static func changes(
    since: Time,
    in environments: [OperatedEnvironment],
    _ context: CallContext
  ) throws(Failure) -> Value {
    let gathering = Gathering()
    var answers: [Gathering.Answer<[StackChange]>] = []
    for environment in environments {
      for source in Source.allCases {
        answers.append(
          gathering.ask { () throws(Failure) in
            try source.changes(in: environment, since: since, context)
          }
        )
      }
    }
    gathering.wait()
    var changes: [StackChange] = []
    for answer in answers {
      switch answer.result {
      case .success(let found)?: changes += found
      case .failure(let failure)?: throw failure
      case nil: throw Failure(.unreachable, "a source of changes did not answer")
      }
    }
    return .list(
      changes.filter { $0.time >= since }.sorted { $0.time > $1.time }.map(\.value)
    )
  }

  private enum Source: CaseIterable {
    case deployments, lastSwitch, migrations, variables

    func changes(in environment: OperatedEnvironment, since: Time, _ context: CallContext)
      throws(Failure) -> [StackChange]
    {
      switch self {
      case .deployments: try deploymentChanges(environment, since: since, context)
      case .lastSwitch: try switchChanges(environment, context)
      case .migrations: try migrationChanges(environment, context)
      case .variables: try variableChanges(environment, context)
      }
    }
  }

  private static func deploymentChanges(
    _ environment: OperatedEnvironment,
    since: Time,
    _ context: CallContext
  ) throws(Failure) -> [StackChange] {
    guard let hosting = environment.hosting else { return [] }
    var query = DeploymentQuery()
    query.tier = hosting.tier(of: environment.name)
    query.since = since
    let source = try hosting.deployments(query, in: context)
    var changes: [StackChange] = []
    while let deployment = try source.next(), deployment.created >= since {
      let words = [deployment.id, deployment.state.rawValue, deployment.commit, deployment.message]
      changes.append(
        StackChange(
          time: deployment.ready ?? deployment.created,
          environment: environment.name,
          kind: "deployment",
          summary: words.compactMap(\.self).joined(separator: " ")
        )
      )
    }
    return changes
  }

  private static func switchChanges(
    _ environment: OperatedEnvironment,
    _ context: CallContext
  ) throws(Failure) -> [StackChange] {
    guard let hosting = environment.hosting, hosting.tier(of: environment.name) == "production",
      let last = try hosting.project(in: context).lastSwitch
    else { return [] }
    return [
      StackChange(
        time: last.requested,
        environment: environment.name,
        kind: last.kind,
        summary: "\(last.from ?? "?") to \(last.to): \(last.status)"
      )
    ]
  }

  private static func migrationChanges(
    _ environment: OperatedEnvironment,
    _ context: CallContext
  ) throws(Failure) -> [StackChange] {
    guard let database = try environment.ifNamed(environment.database, .database) else {
      return []
    }
    return try database.migrations(in: context).compactMap { migration in
      migration.started.map {
        StackChange(
          time: $0,
          environment: environment.name,
          kind: "migration",
          summary: "\(migration.name) \(migration.state.rawValue)"
            + (migration.isDestructive == false ? "" : ", destructive")
        )
      }
    }
  }

  private static func variableChanges(
    _ environment: OperatedEnvironment,
    _ context: CallContext
  ) throws(Failure) -> [StackChange] {
    guard let hosting = environment.hosting else { return [] }
    let tier = hosting.tier(of: environment.name)
    return try hosting.variables(tier: tier, in: context).compactMap { variable in
      variable.updated.map {
        StackChange(
          time: $0,
          environment: environment.name,
          kind: "variable",
          summary: "\(variable.name) set for \(variable.tiers.joined(separator: ", "))"
        )
      }
    }
  }
}
