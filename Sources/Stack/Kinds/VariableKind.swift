package import Objects
internal import Values

struct VariablesPayload: Sendable {
  var environment: OperatedEnvironment

  var value: Value {
    .object(
      ObjectValue(
        .variables,
        identity: "variables of \(environment.name)",
        environment: environment.name,
        payload: self
      )
    )
  }

  func all(in context: CallContext) throws(Failure) -> [Variable] {
    let hosting = try environment.needHosting()
    return try hosting.variables(tier: hosting.tier(of: environment.name), in: context)
  }
}

extension ObjectKind {
  package static let variables = ObjectKind(
    "variables",
    summary: "the variables an environment's deployments are built with",
    members: [
      .read("all", .list(of: .object("variable")), "each of them, by name") {
        (it: VariablesPayload, _, context) throws(Failure) in
        .list(
          try it.all(in: context).map { variable in
            .object(
              ObjectValue(
                .variable,
                identity: variable.name,
                environment: it.environment.name,
                payload: variable
              )
            )
          }
        )
      },
      .read("names", .list(of: .text), "their names") {
        (it: VariablesPayload, _, context) throws(Failure) in
        .list(try it.all(in: context).map { .text($0.name) })
      },
    ]
  )

  package static let variable = ObjectKind(
    "variable",
    summary: "one variable: its name and where it applies, never its value",
    members: [
      .field("name", .text, "its name", column: true) { (it: Variable) in .text(it.name) },
      .field("tiers", .list(of: .text), "the tiers it applies to", column: true) {
        (it: Variable) in .list(it.tiers.map { .text($0) })
      },
      .field("kind", .text, "plain, encrypted, sensitive, …", column: true) { (it: Variable) in
        .text(it.kind)
      },
      .field("updated", .optional(.time), "when it was last set", column: true) {
        (it: Variable) in .orNothing(it.updated) { .time($0) }
      },
    ],
    later: ["value"]
  )
}
