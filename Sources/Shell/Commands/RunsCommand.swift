internal import ArgumentParser
internal import Journals
internal import Values

/// `opsh runs`: the runs of this machine, newest first.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "The runs of this machine, and which are open or in doubt."
  )

  @OptionGroup var shared: SharedOptions

  func run() throws {
    let session = try shared.session()
    try session.end { () throws(Failure) in
      let entries: [RunStore.Entry]
      do throws(JournalError) {
        entries = try session.runStore.list()
      } catch {
        throw Failure(.journal, error.message)
      }
      let rows = entries.sorted { Self.order($0) > Self.order($1) }.map { entry in
        Value.record(
          Record([
            "run": .text(entry.id), "state": .text(entry.state.name),
            "in_doubt": .int(Int64(entry.inDoubt.count)),
            "owed": entry.owesFinally ? .text("finally") : .nothing,
            "started": entry.records.first.map { .time($0.at) } ?? .nothing,
            "what": .text(Self.title(of: entry)),
          ])
        )
      }
      try session.output.show(.list(rows))
    }
  }

  /// The ids of one minute are in no order.
  private static func order(_ entry: RunStore.Entry) -> (String, Int64) {
    (String(entry.id.prefix(13)), entry.records.first?.at.microseconds ?? 0)
  }

  /// The first text's name: the file that was run, or `[tty]`.
  private static func title(of entry: RunStore.Entry) -> String {
    entry.records.first?["texts"]?[0]?["name"]?.stringValue ?? ""
  }
}

extension Session {
  var runStore: RunStore {
    RunStore(path: options.journal.map(paths.absolute) ?? paths.runs)
  }
}
