internal import HTTP
package import Objects
package import Stack
package import Values

/// The project's switches: pause, crons, variables.
extension Vercel {
  package func pause(_ target: Plan.Target, in context: CallContext) throws(Failure) -> Plan {
    try setPaused(
      true,
      target,
      summary: "pause \(project): it answers nobody",
      consequences: ["every request gets Vercel's 503 page", "cron jobs get it, too"],
      undo: "resume \(target.identity)",
      in: context
    )
  }

  package func resume(_ target: Plan.Target, in context: CallContext) throws(Failure) -> Plan {
    try setPaused(
      false,
      target,
      summary: "resume \(project): it answers again",
      consequences: [],
      undo: "pause \(target.identity)",
      in: context
    )
  }

  private func setPaused(
    _ paused: Bool,
    _ target: Plan.Target,
    summary: String,
    consequences: [String],
    undo: String,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let now = try project(in: context).isPaused
    guard now != paused || context.isSettling else {
      throw Failure(.nothingToDo, "\(project) is \(paused ? "paused" : "not paused")")
    }
    // Both calls take the project's id, not its name.
    guard let id = try projectJSON(in: context)["id"]?.stringValue else {
      throw Failure(.unreachable, "Vercel described the project without its id")
    }
    let path = ["v1", "projects", id, paused ? "pause" : "unpause"]
    return Plan(
      target: target,
      member: paused ? "environment.pause" : "environment.resume",
      effect: .change,
      effectClass: .observable,
      summary: summary,
      consequences: consequences,
      calls: [try api.call(.post, path, query: scope)],
      precondition: Plan.Precondition(
        "\(project) is \(now ? "paused" : "not paused")",
        of: "paused",
        seen: .bool(now)
      ) { (context) throws(Failure) in .bool(try project(in: context).isPaused) },
      undo: undo,
      probe: { (context) throws(Failure) in
        try project(in: context.call).isPaused == paused ? .done : .notDone
      },
      body: .effect { (context) throws(Failure) in
        _ = try api.change(.post, path, query: scope, in: context.call)
        return .nothing
      }
    )
  }

  package func setCrons(
    _ target: Plan.Target,
    enabled: Bool,
    jobs: [String],
    in context: CallContext
  ) throws(Failure) -> Plan {
    let state = try project(in: context)
    let areOn = state.cronsEnabled ?? true
    // Turning them on again is planned before they are off, and does no harm where they are on.
    guard enabled || areOn || context.isSettling else {
      throw Failure(.nothingToDo, "the jobs of \(project) are off")
    }
    let body: JSON = ["enabled": .bool(enabled)]
    let path = ["v1", "projects", project, "crons"]
    let names = jobs.isEmpty ? state.crons.map(\.path) : jobs
    return Plan(
      target: target,
      member: enabled ? "jobs.resume" : "jobs.pause",
      effect: .change,
      effectClass: .observable,
      summary: "turn all jobs of \(project) \(enabled ? "on" : "off")",
      consequences: [
        "Vercel has one switch for all: \(names.joined(separator: ", "))"
      ],
      calls: [try api.call(.patch, path, query: scope, body: body)],
      precondition: Plan.Precondition(
        "jobs are \(areOn ? "on" : "off")",
        of: "jobs",
        seen: .bool(areOn)
      ) { (context) throws(Failure) in .bool(try project(in: context).cronsEnabled ?? true) },
      undo: "turn them \(enabled ? "off" : "on") again",
      probe: { (context) throws(Failure) in
        try project(in: context.call).cronsEnabled == enabled ? .done : .notDone
      },
      body: .effect { (context) throws(Failure) in
        _ = try api.change(.patch, path, query: scope, body: Body(body.text), in: context.call)
        return .nothing
      }
    )
  }

  package func runCron(
    _ target: Plan.Target,
    job: Job,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let body: JSON = ["path": .string(job.path), "schedule": .string(job.schedule.text)]
    let path = ["v1", "projects", project, "crons", "run"]
    return Plan(
      target: target,
      member: "job.run",
      arguments: [("path", .text(job.path))],
      effect: .change,
      effectClass: .opaque,
      summary: "run \(job.name) now",
      consequences: ["Vercel only says that it called \(job.path), not how it went"],
      calls: [
        try api.call(
          .post,
          path,
          query: scope,
          body: body,
          byHand: "vercel crons run \(job.path)" + (team.map { " --scope \($0)" } ?? "")
        )
      ],
      body: .effect { (context) throws(Failure) in
        _ = try api.change(.post, path, query: scope, body: Body(body.text), in: context.call)
        return .nothing
      }
    )
  }

  package func setVariable(
    _ target: Plan.Target,
    _ change: VariableChange,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let before = try variables(tier: change.tier, in: context).first { $0.name == change.name }
    let kind = change.isSensitive ? "sensitive" : "encrypted"
    let path = ["v10", "projects", project, "env"]
    let query = scope + [("upsert", "true")]
    let shown: JSON = [
      "key": .string(change.name), "value": .string(change.value.description),
      "type": .string(kind), "target": [.string(change.tier)],
    ]
    return Plan(
      target: target,
      member: "environment.set_variable",
      arguments: [("name", .text(change.name)), ("value", .secret(change.value))],
      effect: .change,
      effectClass: .observable,
      summary: "\(before == nil ? "add" : "replace") \(change.name) for \(change.tier)",
      consequences: ["it takes effect with the next deployment only"],
      calls: [
        try api.call(
          .post,
          path,
          query: query,
          body: shown,
          byHand: "vercel env add \(change.name) \(change.tier) --force < FILE_WITH_THE_VALUE"
        )
      ],
      precondition: Plan.Precondition(
        before == nil ? "\(change.name) is not set" : "\(change.name) is set",
        of: "\(change.name)",
        seen: before?.updated.map { .string($0.text) } ?? .null
      ) { (context) throws(Failure) in
        let now = try variables(tier: change.tier, in: context).first { $0.name == change.name }
        return now?.updated.map { .string($0.text) } ?? .null
      },
      probe: { (context) throws(Failure) in
        let now = try variables(tier: change.tier, in: context.call).first {
          $0.name == change.name
        }
        let then = context.seen ?? before?.updated.map { .string($0.text) } ?? .null
        return (now?.updated.map { .string($0.text) } ?? .null) == then ? .notDone : .done
      },
      body: .effect { (context) throws(Failure) in
        var body = Body()
        body.append("{\"key\":" + JSON.string(change.name).text + ",\"value\":")
        change.value.withExposedText { body.append(secret: JSON.string($0).text) }
        body.append(",\"type\":\"\(kind)\",\"target\":[" + JSON.string(change.tier).text + "]}")
        let answer = try api.change(.post, path, query: query, body: body, in: context.call)
        try Self.refusePartial(answer.json, change.name)
        return .nothing
      }
    )
  }

  /// A partial failure is a 201: `{created, failed[]}`.
  static func refusePartial(_ answer: JSON, _ name: String) throws(Failure) {
    guard let failed = answer["failed"]?.arrayValue, let first = failed.first else { return }
    let words = first["error"]?["message"]?.stringValue ?? first["error"]?["code"]?.stringValue
    throw Failure(
      .refused,
      "Vercel did not set \(name): \(words ?? "it does not say why")",
      advice: ["\(failed.count) of the variables in this call failed"]
    )
  }
}
