internal import ArgumentParser
internal import Journals
internal import Reports
internal import Sinks
internal import Values

/// `opsh postmortem INCIDENT`.
struct PostmortemCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "postmortem",
    abstract: "The draft of an incident's post-mortem, from the record of all its runs."
  )

  @OptionGroup var shared: SharedOptions

  @Option(name: .customLong("as"), help: "markdown, html or json; markdown if left out.")
  var format = "markdown"

  @Argument(help: "An incident's or a run's id, or the beginning of it.")
  var id: String

  func run() throws {
    let session = try shared.session()
    try session.end { () throws(Failure) in
      let text = try postMortem(session).text(as: format)
      do throws(SinkError) {
        try session.output.data.write(text)
      } catch {
        throw Failure(.failed, error.message)
      }
      try session.output.flush()
    }
  }

  /// Ids of incidents begin with `inc-`; any other is a run's, where there is such a run.
  private func postMortem(_ session: Session) throws(Failure) -> PostMortem {
    let (incidents, runs) = (session.incidentStore, session.runStore)
    do throws(JournalError) {
      if !id.hasPrefix(IncidentID.prefix), let run = try? runs.find(id) {
        return PostMortem(try IncidentStory(ofRun: run.id, in: runs))
      }
      let entry = try incidents.find(id)
      if let record = entry.broken {
        throw .doesNotVerify(path: "the record of \(entry.id)", record: record)
      }
      return PostMortem(try IncidentStory(of: entry, in: runs))
    } catch {
      switch error {
      case .noSuchIncident:
        throw Failure(
          .usage,
          "there is no incident and no run '\(id)'",
          advice: ["opsh -c stack.incidents lists the incidents, opsh runs the runs"]
        )
      case .noSuchRun, .ambiguousRun: throw Failure(.usage, error.message)
      default: throw Failure(.journal, error.message)
      }
    }
  }
}
