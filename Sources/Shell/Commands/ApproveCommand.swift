internal import ArgumentParser
internal import Control
internal import Diagnostics
internal import Journals
internal import Reports
internal import Runbooks
internal import Sinks
internal import Values

/// `opsh approve RUN STEP`: another person's yes to a step that a run waits before.
struct ApproveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Say yes, as another person, to a step that a run waits before."
  )

  @OptionGroup var shared: SharedOptions

  @Argument(help: "The run's id, or the beginning of it.")
  var id: String

  @Argument(help: "The step's title.")
  var step: String

  func run() throws {
    let session = try shared.session()
    try session.end { () throws(Failure) in
      guard let control = try session.control() else {
        throw Failure(.usage, "the stack file names no control database: nothing waits there")
      }
      let pause = try find(in: control, session)
      let user = try control.user(session.cancellation)
      guard user != pause.who else {
        throw Failure(
          .approval,
          "\(user) started it: the second yes has to be another person's",
          advice: ["they need a login of their own at the control database"]
        )
      }
      let given = try control.approvals(
        of: pause.run,
        step: pause.step,
        shown: pause.shown,
        session.cancellation
      )
      guard !given.contains(where: { $0.who == user }) else {
        return session.output.say("\(user) approved '\(pause.step)' of run \(pause.run) already")
      }
      try checkRecord(of: pause, session)
      try ask(pause, session)
      try control.approve(pause, session.cancellation)
      session.output.say(
        StyledText("approved: ", .green) + StyledText("'\(pause.step)' of run \(pause.run)")
      )
      session.output.say("whoever runs it goes on by: opsh resume \(pause.run)")
    }
  }

  private func find(
    in control: ControlDatabase,
    _ session: Session
  ) throws(Failure) -> ControlDatabase.Pause {
    let pauses = try control.pauses(of: id, session.cancellation)
    let runs = Set(pauses.map(\.run))
    guard let first = pauses.first, !id.isEmpty else {
      throw Failure(
        .usage,
        "no run '\(id)' waits for anybody in the control database",
        advice: ["whoever runs it sees its id: opsh runs"]
      )
    }
    guard runs.count == 1 || runs.contains(id) else {
      throw Failure(
        .usage,
        "'\(id)' begins the ids of \(runs.count) runs: \(runs.sorted().joined(separator: ", "))"
      )
    }
    let own = pauses.filter { runs.count == 1 || $0.run == id }
    // The newest is what it waits for now: an older one may have shown something else.
    guard let pause = own.first(where: { $0.step == step }) else {
      let nearest = Spelling.nearest(to: step, in: own.map(\.step)) ?? first.step
      throw Failure(
        .usage,
        "run \(own.first?.run ?? id) does not wait before a step '\(step)'",
        advice: ["did you mean '\(nearest)'?"]
      )
    }
    return pause
  }

  /// Where the record lies on this machine, it has to be what was written.
  private func checkRecord(
    of pause: ControlDatabase.Pause,
    _ session: Session
  ) throws(Failure) {
    let told = pause.content["head"]?.stringValue.map {
      [Verification.Anchor(place: "the control database", head: $0)]
    }
    let verification: Verification
    do throws(JournalError) {
      verification = try Verification(of: pause.run, in: session.runStore, anchors: told ?? [])
    } catch .noSuchRun {
      return
    } catch {
      throw Failure(.journal, error.message)
    }
    if let failure = verification.failure { throw failure }
  }

  private func ask(_ pause: ControlDatabase.Pause, _ session: Session) throws(Failure) {
    let person = session.person
    guard person.isPresent else {
      throw Failure(
        .approval,
        "'\(pause.step)' of run \(pause.run) needs your yes, and there is no terminal",
        advice: ["type it at one: opsh approve \(pause.run) \(ProgramRunner.quoted(pause.step))"]
      )
    }
    // Another one for each plan, so that nobody types it by habit.
    let token = "approve \(pause.shown.prefix(6))"
    let answer = try person.answer(
      to: StyledText("type \(token) to let it go on: "),
      after: lines(of: pause)
    )
    guard answer == token else {
      throw Failure(
        .approval,
        answer == nil || answer == "" ? "it was not answered" : "it was refused",
        advice: ["the run waits on"]
      )
    }
  }

  private func lines(of pause: ControlDatabase.Pause) -> [StyledText] {
    let content = pause.content
    func text(_ name: String) -> String { content[name]?.stringValue ?? "" }
    let name = content["texts"]?[0]?["name"]?.stringValue ?? ""
    var lines = [
      StyledText("run \(pause.run)", .bold) + StyledText(" of \(name)"),
      StyledText(
        "started by \(pause.who) (\(text("operator")) on \(text("host"))), waits since"
          + " \(pause.at.text) for \(pause.needed) people in all"
      ),
    ]
    if !text("reason").isEmpty { lines.append(StyledText("because: \(text("reason"))")) }
    for member in content["parameters"]?.objectValue ?? [] {
      let value = member.value["identity"]?.stringValue ?? member.value.stringValue
      lines.append(StyledText("  \(member.name) = \(value ?? member.value.text)"))
    }
    if let hash = content["texts"]?[0]?["sha256"]?.stringValue {
      lines.append(StyledText("text sha256 \(hash)", .faint))
    }
    lines.append(StyledText("record head \(text("head"))", .faint))
    lines.append("")
    for line in content["lines"]?.arrayValue ?? [] {
      lines.append(StyledText(line.stringValue ?? ""))
    }
    return lines
  }
}
