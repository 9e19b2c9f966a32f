internal import ArgumentParser
internal import Values

/// `opsh undo RUN`: performs the `undo` blocks of what was really done, newest first.
struct UndoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Take a run back: the undo blocks of what was really done, newest first."
  )

  @OptionGroup var shared: SharedOptions
  @OptionGroup var locks: LockOptions

  @Argument(help: "A run's id, or the beginning of it.")
  var id: String

  func run() throws {
    let options = try shared.options(locks: locks)
    try Session(options).end { () throws(Failure) in
      let continuation = try Continuation(id, options)
      try Script(continuation.session).undo(continuation)
      try continuation.session.output.flush()
    }
  }
}
