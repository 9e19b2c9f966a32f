internal import ArgumentParser
internal import Journals
internal import Runbooks
internal import Sinks
internal import Values

/// `opsh resume RUN`: goes on with a run that was interrupted, failed or put down.
struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Go on with a run that was interrupted, failed or put down."
  )

  @OptionGroup var shared: SharedOptions
  @OptionGroup var locks: LockOptions

  @Argument(help: "A run's id, or the beginning of it; the only open one if left out.")
  var id: String?

  func run() throws {
    let options = try shared.options(locks: locks)
    try Session(options).end { () throws(Failure) in
      let continuation = try Continuation(try run(options), options)
      let session = continuation.session
      if let finished = continuation.finished, finished["state"] == "ok" {
        throw Failure(
          .nothingToDo,
          "run \(continuation.id) is done: nothing is left of it",
          advice: ["see: opsh transcript \(continuation.id)"]
        )
      }
      if let other = continuation.memory.undoneBy {
        throw Failure(
          .nothingToDo,
          "run \(continuation.id) was taken back by run \(other): it is not gone on with",
          advice: ["begin a new one"]
        )
      }
      for line in ContinuationText(continuation).beforeGoingOn { session.output.say(line) }
      if continuation.isSession {
        try SessionDoubts(continuation).decide()
      } else if continuation.undone != nil {
        try Script(session).goOnUndoing(continuation)
      } else {
        try Script(session).goOn(with: continuation)
      }
      try session.output.flush()
    }
  }

  /// The run that was named, or the one that somebody has to go on with where there is exactly one.
  private func run(_ options: SessionOptions) throws(Failure) -> String {
    if let id { return id }
    let open: [RunStore.Entry]
    do throws(JournalError) {
      open = try Session(options).runStore.unfinished(among: .max)
    } catch {
      throw Failure(.journal, error.message)
    }
    guard let first = open.first else {
      throw Failure(
        .nothingToDo,
        "no run is open: there is nothing to go on with",
        advice: ["a run that failed is gone on with by its id: opsh runs"]
      )
    }
    guard open.count == 1 else {
      throw Failure(
        .usage,
        "\(open.count) runs are open: say which one",
        advice: open.map { "opsh resume \($0.id)  (\($0.state.name))" }
      )
    }
    return first.id
  }
}
