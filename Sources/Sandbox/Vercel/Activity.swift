import Values

/// One entry of Vercel's activity log (`GET /v3/events`).
struct Activity: Sendable, Equatable {
  var kind: String
  var text: String
  var at: Milliseconds
  var person: Person
  var payload: [JSON.Member]

  /// Production's domains were pointed to a deployment.
  static func assigned(
    to deployment: String,
    from old: String?,
    at moment: Milliseconds,
    by person: Person? = nil,
    names: Names
  ) -> Activity {
    Activity(
      kind: "alias",
      text: "aliased \(Names.domain) to \(deployment)",
      at: moment,
      person: person ?? names.people[0],
      payload: [
        .init("alias", .string(Names.domain)), .init("deploymentId", .string(deployment)),
        .init("oldDeploymentId", JSON(old)), .init("projectId", .string(names.projectID)),
        .init("target", "production"),
      ]
    )
  }

  static func rollback(
    from old: String,
    to deployment: String,
    reason: String?,
    at moment: Milliseconds,
    by person: Person? = nil,
    names: Names
  ) -> Activity {
    Activity(
      kind: "instant-rollback-created",
      text: "rolled back optiq from \(old) to \(deployment)",
      at: moment,
      person: person ?? names.people[0],
      payload: [
        .init("projectId", .string(names.projectID)),
        .init("projectName", .string(Names.project)), .init("fromDeploymentId", .string(old)),
        .init("toDeploymentId", .string(deployment)), .init("reason", JSON(reason)),
      ]
    )
  }

  static func of(_ kind: String, _ text: String, at moment: Milliseconds, names: Names) -> Activity
  {
    Activity(
      kind: kind,
      text: text,
      at: moment,
      person: names.people[0],
      payload: [
        .init("projectId", .string(names.projectID)), .init("projectName", .string(Names.project)),
      ]
    )
  }

  static func past(of world: World) -> [Activity] {
    world.switches.flatMap { entry -> [Activity] in
      let assigned = assigned(
        to: entry.to,
        from: entry.from,
        at: entry.at,
        by: entry.by,
        names: world.names
      )
      guard entry.kind == .rollback, let from = entry.from else { return [assigned] }
      let rollback = rollback(
        from: from,
        to: entry.to,
        reason: entry.reason,
        at: entry.at - 2600,
        by: entry.by,
        names: world.names
      )
      return [rollback, assigned]
    }
  }
}
