internal import HTTP
package import Objects
package import Stack
package import Values

/// Copies beside the database: making and deleting them.
extension NeonDatabase {
  package func branch(
    _ target: Plan.Target,
    name: String,
    with content: BranchContent,
    in context: CallContext,
    wrap: @escaping @Sendable (any DatabaseService) -> Value
  ) throws(Failure) -> Plan {
    let parent = try branch(in: context)
    try checkIsFree(name, in: context)
    let moment = content.time
    if let moment { try check(moment, of: parent, in: context) }
    let body = Self.creation(name, parent: parent.id, at: moment)
    let path = project.path("branches")
    let copy = on(name)
    return Plan(
      target: try attested(target, in: context),
      member: "database.branch",
      arguments: [("name", .text(name)), content.argument],
      effect: .change,
      effectClass: .keyed,
      summary: "make branch \(name) of \(label)\(content.words)",
      consequences: ["a server of its own is started for it, which costs until it is deleted"]
        + content.consequences,
      calls: [
        try project.api.call(
          .post,
          path,
          body: body,
          byHand: createByHand(name, parent: parent, at: moment)
        )
      ] + (content == .nothing ? copy.emptyingCalls : []),
      precondition: Plan.Precondition(
        "no branch is named \(name)",
        of: "branch \(name)",
        seen: "free"
      ) { [project] (context) throws(Failure) in
        try project.find(name, in: context) == nil ? "free" : "taken"
      },
      undo: "delete the branch \(name)",
      resultType: .object("database"),
      probe: { [project] (context) throws(Failure) in
        guard try project.find(name, in: context.call) != nil else { return .notDone }
        guard try project.waitUntilIdle(in: context.call) else { return .unknown }
        // A branch whose making failed is taken away again.
        guard try project.find(name, in: context.call) != nil else { return .notDone }
        guard content == .nothing else { return .done }
        return try copy.postgres.tableNames(in: context.call).isEmpty ? .done : .unknown
      },
      found: { (context) throws(Failure) in
        try copy.waitUntilItAnswers(in: context)
        return wrap(copy)
      },
      body: .effect { [project] (context) throws(Failure) in
        let answer = try project.api.change(
          .post,
          path,
          body: Body(body.text),
          in: context.call
        )
        try project.finish(answer.json, of: "making branch \(name)", in: context)
        try copy.waitUntilItAnswers(in: context)
        if content == .nothing { try copy.empty(in: context) }
        return wrap(copy)
      }
    )
  }

  static func creation(_ name: String, parent: String, at moment: Time?) -> JSON {
    var branch: [JSON.Member] = [
      .init("parent_id", .string(parent)), .init("name", .string(name)),
    ]
    if let moment { branch.append(.init("parent_timestamp", .string(moment.text))) }
    // Without an endpoint there is no server, and nothing could connect.
    return ["branch": .object(branch), "endpoints": [["type": "read_write"]]]
  }

  /// The vendor's own command; a bare time means the default branch to it.
  func createByHand(_ name: String, parent: NeonBranch, at moment: Time?) -> String? {
    guard parent.isDefault || moment == nil else { return nil }
    let from = moment?.text ?? ByHand.word(parent.name)
    return "neonctl branches create --name \(ByHand.word(name)) --parent \(from)"
      + " --project-id \(ByHand.word(project.id))"
  }

  func checkIsFree(_ name: String, in context: CallContext) throws(Failure) {
    guard (1...256).contains(name.utf8.count) else {
      throw Failure(.value, "a branch's name must have 1 to 256 bytes")
    }
    guard !context.isSettling, let found = try project.find(name, in: context) else { return }
    throw Failure(
      .refused,
      "project \(project.id) has a branch '\(name)' already"
        + (found.created.map { ", made \($0.text)" } ?? ""),
      advice: ["choose another name, or delete it first: ….branches[\"\(name)\"].delete()"]
    )
  }

  /// Refuses a moment that Neon does not have, before anything is sent.
  func check(
    _ moment: Time,
    of branch: NeonBranch,
    in context: CallContext
  ) throws(Failure) {
    let now = Time.now()
    guard moment <= now else {
      throw Failure(.refused, "\(moment.text) is in the future")
    }
    let window = try project.historyWindow(in: context)
    let oldest = Time(microseconds: now.microseconds - window.microseconds)
    guard moment >= oldest else {
      throw Failure(
        .refused,
        "\(moment.text) is before what Neon keeps: its history reaches back \(window.roundedText), to \(oldest.text)",
        advice: ["an older state can only come from a backup"]
      )
    }
    guard let created = branch.created, moment < created else { return }
    throw Failure(
      .refused,
      "branch \(branch.name) did not exist at \(moment.text): it was made at \(created.text)"
    )
  }

  /// The target together with who the server says it is.
  func attested(_ target: Plan.Target, in context: CallContext) throws(Failure) -> Plan.Target {
    var target = target
    target.attested = try identity(in: context).fingerprint
    return target
  }

  /// Asks until the server answers: it starts when its operations are over.
  func waitUntilItAnswers(in context: PerformContext) throws(Failure) {
    let end = Time.monotonicMicroseconds() + TimeSpan.minutes(2).microseconds
    disconnect()
    while true {
      do throws(Failure) {
        _ = try postgres.value("select 1", in: context.call)
        return
      } catch  where error.kind == .unreachable || error.kind == .refused {
        guard Time.monotonicMicroseconds() < end else {
          throw Failure(
            .unknown,
            "Neon says it is done, but \(error.message)",
            advice: ["\(label) does not answer yet; look again before you go on"]
          )
        }
        context.report("\(label) does not answer yet")
      }
      do throws(Failure) {
        try context.call.cancellation.wait(.milliseconds(200))
      } catch {
        throw Failure(.unknown, "\(error.message) while \(label) was starting")
      }
    }
  }

  // MARK: - Deleting

  package func deleteBranch(
    _ target: Plan.Target,
    named name: String,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let all = try project.branches(in: context)
    guard let branch = all.first(where: { $0.name == name }) else {
      throw Failure(.nothingToDo, "project \(project.id) has no branch '\(name)'")
    }
    try checkCanGo(branch, among: all)
    let path = project.path("branches", branch.id)
    return Plan(
      target: try attested(target, in: context),
      member: "branch.delete",
      arguments: [("branch", .text(branch.id))],
      effect: .destroy,
      effectClass: .observable,
      summary: "delete branch \(name) of project \(project.id)",
      consequences: ["what was written to it is lost", "its server stops"],
      calls: [
        try project.api.call(
          .delete,
          path,
          byHand:
            "neonctl branches delete \(ByHand.word(name)) --project-id \(ByHand.word(project.id))"
        )
      ],
      precondition: Plan.Precondition(
        "branch \(name) is \(branch.id)",
        of: "branch \(name)",
        seen: .string(branch.id)
      ) { [project] (context) throws(Failure) in
        try project.find(name, in: context).map { .string($0.id) } ?? .null
      },
      measure: Plan.Measure(
        token: "delete \(name)",
        summary: branch.size.map { "\(Value.size($0).text) of data" } ?? "one branch",
        isExact: true
      ),
      probe: { [project] (context) throws(Failure) in
        guard try project.waitUntilIdle(in: context.call) else { return .unknown }
        let left = try project.branches(in: context.call)
        return left.contains { $0.id == branch.id } ? .notDone : .done
      },
      body: .effect { [project] (context) throws(Failure) in
        // 204 says that it is gone already.
        let answer = try project.api.change(.delete, path, in: context.call)
        try project.finish(answer.json, of: "deleting branch \(name)", in: context)
        return .nothing
      }
    )
  }

  private func checkCanGo(_ branch: NeonBranch, among all: [NeonBranch]) throws(Failure) {
    let reason: String? =
      if branch.isDefault {
        "it is the project's default branch"
      } else if branch.parent == nil {
        "it is a root branch"
      } else if branch.name == branchName || branch.id == branchName {
        "an environment lives on it"
      } else if let child = all.first(where: { $0.parent == branch.id }) {
        "branch \(child.name) was made from it; delete that one first"
      } else {
        nil
      }
    guard let reason else { return }
    throw Failure(.refused, "branch \(branch.name) can not be deleted: \(reason)")
  }
}

extension ByHand {
  /// A word as it is where a shell reads it as one, else in quotes.
  static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || [45, 46, 58, 95].contains(byte)
    }
    return isPlain && !text.isEmpty && !text.hasPrefix("-") ? text : quoted(text)
  }
}
