internal import ArgumentParser
internal import Journals
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
      do throws(JournalError) {
        let entry = try session.runStore.find(id)
        let reading = try session.runStore.read(id: entry.id)
        session.output.line(StyledText("\(reading.records.count) records, head \(reading.head)"))
      } catch {
        throw Failure(.journal, error.message)
      }
    }
  }
}
