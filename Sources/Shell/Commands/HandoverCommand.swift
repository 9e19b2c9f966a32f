internal import ArgumentParser
internal import Journals
internal import Values

/// `opsh handover RUN`: puts a run down and says what the next person needs.
struct HandoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "handover",
    abstract: "Put a run down, and print what the next person needs to go on with it."
  )

  @OptionGroup var shared: SharedOptions

  @Argument(help: "A run's id, or the beginning of it.")
  var id: String

  func run() throws {
    let options = try shared.options()
    try Session(options).end { () throws(Failure) in
      let continuation = try Continuation(id, options)
      let session = continuation.session
      if let finished = continuation.finished, finished["state"] == "ok" {
        throw Failure(
          .nothingToDo,
          "run \(continuation.id) is done: nothing is left to hand over",
          advice: ["see: opsh transcript \(continuation.id)"]
        )
      }
      let head = try putDown(continuation)
      for line in ContinuationText(continuation).handover(head: head) { session.output.line(line) }
      try session.output.flush()
    }
  }

  /// Puts into the record who handed it over; gives the new head.
  private func putDown(_ continuation: Continuation) throws(Failure) -> String {
    let session = continuation.session
    do throws(JournalError) {
      let (journal, _) = try session.runStore.reopen(
        id: continuation.id,
        registry: session.registry
      )
      try journal.append(
        .runPaused,
        [
          .init("operator", .string(session.operatorName)),
          .init("reason", session.options.reason.map { .string($0) } ?? .null),
          .init("state", "handed over"),
        ],
        durable: true
      )
      session.tellHead(of: continuation.id)
      return journal.head
    } catch .inUse {
      throw Failure(
        .locked,
        "run \(continuation.id) is under way in another process",
        advice: [
          "stop it there first: Ctrl-C stops what runs and keeps the run",
          "then: opsh handover \(continuation.id)",
        ]
      )
    } catch {
      throw Continuation.failure(error)
    }
  }
}
