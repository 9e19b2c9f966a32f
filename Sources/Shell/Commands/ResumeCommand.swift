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

  @Argument(help: "A run's id, or the beginning of it.")
  var id: String

  func run() throws {
    let options = try shared.options(locks: locks)
    try Session(options).end { () throws(Failure) in
      let continuation = try Continuation(id, options)
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
}
