internal import Control
internal import Journals
internal import Objects
internal import Reports
internal import Runbooks
internal import Sinks
internal import Stack
internal import Values

/// The heads of journals outside of this machine: a journal that is rewritten later does not match
/// them.
extension Session {
  /// Tells the head that a run's journal has now to the control database and to every database in
  /// which the run left a mark.
  ///
  /// What can not be told is a warning: what was done is done, and recorded here.
  func tellHead(of run: String) {
    let reading: JournalReading
    do throws(JournalError) {
      reading = try runStore.read(id: run)
    } catch {
      return warn("the head of run \(run) is told to nobody: \(error.message)")
    }
    // Also after an interruption: it has its own time.
    let cancellation = Cancellation()
    if options.lockTerms.withoutDirectory == nil, (try? stack())?.definition?.control != nil {
      attempt("the control database") { () throws(Failure) in
        try control()?.keepHead(
          reading.head,
          records: Int64(reading.records.count),
          of: run,
          cancellation
        )
      }
    }
    for environment in Self.marked(in: reading) {
      attempt("the marks in \(environment)") { () throws(Failure) in
        try operated().environment(environment)?.database?.bookkeeping?
          .keepHead(reading.head, of: run, in: anchoring(cancellation))
      }
    }
  }

  private func attempt(_ place: String, _ body: () throws(Failure) -> Void) {
    do throws(Failure) {
      try body()
    } catch {
      warn("the head of the record is not in \(place): \(error.message)")
    }
  }

  private func warn(_ words: String) {
    output.say(StyledText("warning: \(words)", .yellow))
  }

  private func anchoring(_ cancellation: Cancellation) -> CallContext {
    CallContext(cancellation: cancellation, now: Time.now(), deadline: .seconds(10))
  }

  /// The environments in whose databases a run has left marks, as its own record says.
  private static func marked(in reading: JournalReading) -> [String] {
    var found: [String] = []
    for record in reading.records where record.kind == .intent && record["class"] == "marked" {
      guard let environment = record["plan"]?["target"]?["environment"]?.stringValue,
        !found.contains(environment)
      else { continue }
      found.append(environment)
    }
    return found
  }

  /// Every head of a run that others were told, and who of them did not answer.
  ///
  /// The record itself does not say where to look: whoever rewrote it would have left that out.
  func anchors(of run: String) -> (anchors: [Verification.Anchor], silent: [String]) {
    var anchors: [Verification.Anchor] = []
    var silent: [String] = []
    func ask(_ place: String, _ body: () throws(Failure) -> [String]) {
      do throws(Failure) {
        anchors += try body().map { Verification.Anchor(place: place, head: $0) }
      } catch {
        silent.append("\(place): \(error.message)")
      }
    }
    guard let definition = (try? stack())?.definition else { return ([], []) }
    if definition.control != nil {
      ask("the control database") { () throws(Failure) in
        try control()?.heads(of: run, cancellation).map(\.head) ?? []
      }
    }
    for environment in definition.environments where environment.database != nil {
      ask("the mark in \(environment.name)") { () throws(Failure) in
        try operated().environment(environment.name)?.database?.bookkeeping?
          .heads(of: run, in: callContext) ?? []
      }
    }
    return (anchors, silent)
  }
}
