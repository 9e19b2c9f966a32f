internal import ArgumentParser
internal import Journals
internal import Reports
internal import Sinks
internal import Values

/// `opsh transcript RUN` and `opsh transcript verify RUN`, or `INCIDENT`.
struct TranscriptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transcript",
    abstract: "What was typed, shown and done in a run; or verify its record."
  )

  @OptionGroup var shared: SharedOptions

  @Option(name: .customLong("as"), help: "markdown, html, json or asciicast.")
  var format: String?

  @Option(help: "With verify: the head that was noted when the run ended.")
  var head: String?

  @Argument(
    help:
      "A run's id, or the beginning of it; verify before it, or before an incident's, to verify."
  )
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
        guard head == nil else {
          throw Failure(
            .usage,
            "--head is what a run is verified against",
            advice: ["opsh transcript verify \(id) --head \(head ?? "")"]
          )
        }
        let transcript = try Self.reading { () throws(JournalError) in
          try Transcript(of: try store.id(of: id), in: store)
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
    if id.hasPrefix(IncidentID.prefix) { return try verify(incident: id, session) }
    let run = try Self.reading { () throws(JournalError) in try store.id(of: id) }
    let (told, silent) = session.anchors(of: run)
    let anchors = try anchors() + told
    let verification = try Self.reading { () throws(JournalError) in
      try Verification(of: run, in: store, anchors: anchors)
    }
    if let failure = verification.failure { throw failure }
    for line in verification.lines { session.output.line(line) }
    for line in silent {
      session.output.line(StyledText("not asked: \(line)", .yellow))
    }
  }

  /// What was said about an incident is a journal of its own.
  private func verify(incident id: String, _ session: Session) throws(Failure) {
    let (anchors, incidents) = (try anchors(), session.incidentStore)
    let verification = try Self.reading { () throws(JournalError) in
      try Verification(
        of: try incidents.find(id).id,
        in: RunStore(path: incidents.path),
        anchors: anchors
      )
    }
    if let failure = verification.failure { throw failure }
    for line in verification.lines { session.output.line(line) }
  }

  /// A head that somebody noted down is an anchor: whoever changed the journal did not change the note.
  private func anchors() throws(Failure) -> [Verification.Anchor] {
    guard let head else { return [] }
    let digits = head.lowercased()
    guard digits.utf8.count == 64, digits.allSatisfy({ $0.isHexDigit }) else {
      throw Failure(
        .usage,
        "--head must be the 64 hexadecimal digits that a run prints at its end, but is '\(head)'"
      )
    }
    return [Verification.Anchor(place: "your note", head: digits)]
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

  static func reading<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(Failure) -> Result {
    do throws(JournalError) {
      return try body()
    } catch {
      switch error {
      case .noSuchRun, .noSuchIncident, .ambiguousRun: throw Failure(.usage, error.message)
      default: throw Failure(.journal, error.message)
      }
    }
  }
}
