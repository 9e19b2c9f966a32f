internal import HTTP
package import Objects
package import Stack
package import Values

/// Going back in time, in place.
extension NeonDatabase {
  package func rewind(
    _ target: Plan.Target,
    to point: RewindPoint,
    keep: String?,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let all = try project.branches(in: context)
    let branch = try branch(in: context)
    let source = try source(of: point, for: branch, among: all, in: context)
    let kept = keep ?? source.defaultName
    if !context.isSettling { try checkKeeping(kept, among: all) }
    let body = source.body(keep: kept)
    let path = project.path("branches", branch.id, "restore")
    return Plan(
      target: try attested(target, in: context),
      member: "database.rewind",
      arguments: [("to", source.argument), ("keep", .text(kept))],
      effect: .destroy,
      effectClass: .observable,
      summary: "take \(label) back to \(source.words)",
      consequences: source.consequences + [
        "every database on branch \(branch.name) goes back, not only \(database)",
        "all connections are dropped for a moment",
        "today's state is kept as branch \(kept)",
        "opsh's own marks and the migrations' bookkeeping in it go back too",
      ],
      calls: [
        try project.api.call(
          .post,
          path,
          body: body,
          byHand: "neonctl branches restore \(ByHand.word(branch.name)) \(source.byHand)"
            + " --preserve-under-name \(ByHand.word(kept))"
            + " --project-id \(ByHand.word(project.id))"
        )
      ],
      precondition: precondition(branch),
      measure: source.measure,
      undo: "rewind(to: \"\(kept)\")",
      probe: { [project] (context) throws(Failure) in
        guard try project.waitUntilIdle(in: context.call) else { return .unknown }
        return try project.find(kept, in: context.call) == nil ? .notDone : .done
      },
      body: .effect { [self] (context) throws(Failure) in
        let answer = try project.api.change(
          .post,
          path,
          body: Body(body.text),
          in: context.call
        )
        try project.finish(answer.json, of: "taking \(label) back", in: context)
        try waitUntilItAnswers(in: context)
        raiseFenceAgain(context)
        return .nothing
      }
    )
  }

  /// The fence went back with the data: whoever lost the lock before must not get through again.
  private func raiseFenceAgain(_ context: PerformContext) {
    guard let fence = context.fence else { return }
    do throws(Failure) {
      try postgres.holdFence(fence, in: context.call)
    } catch {
      context.report(
        "the fence of \(fence.environment) could not be raised after going back: \(error.message)"
      )
    }
  }

  private func precondition(_ branch: NeonBranch) -> Plan.Precondition {
    @Sendable func seen(_ branch: NeonBranch) -> JSON {
      ["branch": .string(branch.id), "reset": branch.lastReset.map { .string($0) } ?? .null]
    }
    let reset = branch.lastReset.map { ", last put back \($0)" } ?? ", never put back"
    return Plan.Precondition(
      "branch \(branch.name) is \(branch.id)\(reset)",
      of: "branch \(branch.name)",
      seen: seen(branch)
    ) { [self] (context) throws(Failure) in seen(try self.branch(in: context)) }
  }

  private func source(
    of point: RewindPoint,
    for branch: NeonBranch,
    among all: [NeonBranch],
    in context: CallContext
  ) throws(Failure) -> RewindSource {
    switch point {
    case .moment(let moment):
      guard branch.parent == nil else {
        throw Failure(
          .refused,
          "branch \(branch.name) has a parent: Neon takes only root branches back in their own history",
          advice: [
            "make a branch of it at that moment and use that one: ….branch(\"NAME\", at: \(moment.text))"
          ]
        )
      }
      try check(moment, of: branch, in: context)
      return RewindSource(branch: branch, moment: moment, now: context.now)
    case .branch(let name):
      guard let source = all.first(where: { $0.name == name }) else {
        throw Failure(
          .refused,
          "project \(project.id) has no branch '\(name)' to go back to",
          advice: ["see ….branches, or give a time"]
        )
      }
      guard source.id != branch.id else {
        throw Failure(.refused, "\(label) is on branch '\(name)' itself; give a time")
      }
      return RewindSource(branch: source, moment: nil, now: context.now)
    }
  }

  private func checkKeeping(_ name: String, among all: [NeonBranch]) throws(Failure) {
    guard (1...256).contains(name.utf8.count) else {
      throw Failure(.value, "a branch's name must have 1 to 256 bytes")
    }
    guard all.contains(where: { $0.name == name }) else { return }
    throw Failure(
      .refused,
      "today's state would be kept as branch '\(name)', but there is one of that name already",
      advice: ["name another: rewind(to: …, keep: \"NAME\")"]
    )
  }
}

/// Where a rewind takes its data from: a moment of the branch's own history, or another branch.
struct RewindSource {
  let branch: NeonBranch
  let moment: Time?
  let now: Time

  var words: String { moment?.text ?? "branch \(branch.name)" }

  var argument: Value { moment.map { .time($0) } ?? .text(branch.name) }

  /// Made of the moment alone, so that the same plan has the same name when it is made again.
  var defaultName: String {
    let mark = moment.map { $0.text.filter { $0 != "-" && $0 != ":" } }
    return "before-rewind-" + (mark ?? "to-\(branch.name)")
  }

  func body(keep: String) -> JSON {
    var members: [JSON.Member] = [.init("source_branch_id", .string(branch.id))]
    if let moment { members.append(.init("source_timestamp", .string(moment.text))) }
    members.append(.init("preserve_under_name", .string(keep)))
    return .object(members)
  }

  /// As the vendor's command line names it.
  var byHand: String { moment.map { "^self@\($0.text)" } ?? ByHand.word(branch.name) }

  /// A person types the moment: how long ago that is changes while a plan waits for its yes.
  var measure: Plan.Measure {
    guard let moment else {
      return Plan.Measure(
        token: "rewind \(branch.name)",
        summary: "everything that is not in branch \(branch.name)",
        isExact: true
      )
    }
    let span = TimeSpan(microseconds: now.microseconds - moment.microseconds)
    let clock = moment.text.split(separator: "T").last?.prefix(8) ?? ""
    return Plan.Measure(
      token: "rewind \(clock)",
      summary: "what was written in the \(span.roundedText) since \(moment.text)",
      isExact: true
    )
  }

  var consequences: [String] {
    guard moment == nil else { return ["LOSES what was written since \(words)"] }
    return [
      "LOSES everything that is not in branch \(branch.name)",
      "Neon may refuse to delete the branch that keeps today's state",
    ]
  }
}
