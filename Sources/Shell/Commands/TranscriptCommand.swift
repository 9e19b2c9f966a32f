internal import ArgumentParser
internal import Journals
internal import Reports
internal import Sinks
internal import Values

/// `opsh transcript RUN` and `opsh transcript verify RUN`.
struct TranscriptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transcript",
    abstract: "What was typed, shown and done in a run; or verify its record."
  )

  @OptionGroup var shared: SharedOptions

  @Option(name: .customLong("as"), help: "markdown or json.")
  var format: String?

  @Argument(help: "A run's id, or the beginning of it; verify before it to verify.")
  var words: [String]

  func run() throws {
    let session = try shared.session()
    try session.end { () throws(Failure) in
      let verifies = words.first == "verify"
      guard let id = words.dropFirst(verifies ? 1 : 0).first, words.count == (verifies ? 2 : 1)
      else { throw Failure(.usage, "give one run: opsh transcript RUN") }
      let store = session.runStore
      if verifies {
        try verify(id, in: store, session)
      } else {
        let transcript = try Self.reading { () throws(JournalError) in
          try Transcript(of: try store.find(id).id, in: store)
        }
        try show(transcript, session.output)
      }
      try session.output.flush()
    }
  }

  private func verify(
    _ id: String,
    in store: RunStore,
    _ session: Session
  ) throws(Failure) {
    let run = try Self.reading { () throws(JournalError) in try store.find(id).id }
    let (anchors, silent) = session.anchors(of: run)
    let verification = try Self.reading { () throws(JournalError) in
      try Verification(of: run, in: store, anchors: anchors)
    }
    if let failure = verification.failure { throw failure }
    for line in verification.lines { session.output.line(line) }
    for line in silent {
      session.output.line(StyledText("not asked: \(line)", .yellow))
    }
  }

  private func show(_ transcript: Transcript, _ output: Output) throws(Failure) {
    guard let format else {
      for line in transcript.lines { output.line(line) }
      return
    }
    let text = try transcript.text(as: format)
    do throws(SinkError) {
      try output.data.write(text)
    } catch {
      throw Failure(.failed, error.message)
    }
  }

  private static func reading<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(Failure) -> Result {
    do throws(JournalError) {
      return try body()
    } catch {
      switch error {
      case .noSuchRun, .ambiguousRun: throw Failure(.usage, error.message)
      default: throw Failure(.journal, error.message)
      }
    }
  }
}
