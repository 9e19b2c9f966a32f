internal import ArgumentParser
internal import Diagnostics
internal import Journals
internal import Values

/// `opsh incident open | update | close`: what `do stack.incidents…` does, as words of a command line.
///
/// Each runs that one statement, through the same door as everything else that acts.
struct IncidentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "incident",
    abstract: "Open an incident, say what is new about it, or close it.",
    subcommands: [IncidentOpen.self, IncidentUpdate.self, IncidentClose.self]
  )
}

struct IncidentOpen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open",
    abstract: "Open an incident; what is run from then on belongs to it. Prints its id."
  )

  @OptionGroup var shared: SharedOptions

  @Option(help: "1 to 5, 1 is the worst.")
  var severity: Int64

  @Argument(help: "What people see of it.")
  var title: String

  func run() throws {
    let session = try shared.session()
    try session.end { () throws(Failure) in
      try IncidentWords(session).run(
        "let opened = do stack.incidents.open(\(IncidentWords.literal(title)),"
          + " severity: \(severity))\nopened.id"
      )
    }
  }
}

struct IncidentUpdate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Say what is new about an incident."
  )

  @OptionGroup var shared: SharedOptions

  @Option(help: "investigating, identified or monitoring.")
  var status: String?

  @Option(help: "What is known, or what is done.")
  var note: String?

  @Option(help: "1 to 5, 1 is the worst.")
  var severity: Int64?

  @Option(help: "Who leads from now on.")
  var commander: String?

  @Argument(help: "The incident's id, or the beginning of it; the newest open one if left out.")
  var id: String?

  func run() throws {
    var given: [String] = []
    if let status { given.append("status: " + IncidentWords.literal(status)) }
    if let severity { given.append("severity: \(severity)") }
    if let commander { given.append("commander: " + IncidentWords.literal(commander)) }
    if let note { given.append("note: " + IncidentWords.literal(note)) }
    guard !given.isEmpty else {
      throw ValidationError("give what is new: --status, --note, --severity or --commander")
    }
    let session = try shared.session()
    try session.end { () throws(Failure) in
      let words = IncidentWords(session)
      let incident = try words.incident(id)
      try words.run("do \(incident).update(\(given.joined(separator: ", ")))")
    }
  }
}

struct IncidentClose: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close",
    abstract: "End an incident."
  )

  @OptionGroup var shared: SharedOptions

  @Option(help: "How it ended.")
  var note: String?

  @Argument(help: "The incident's id, or the beginning of it; the newest open one if left out.")
  var id: String?

  func run() throws {
    let session = try shared.session()
    try session.end { () throws(Failure) in
      let words = IncidentWords(session)
      let incident = try words.incident(id)
      let given = note.map { "note: " + IncidentWords.literal($0) } ?? ""
      try words.run("do \(incident).close(\(given))")
    }
  }
}

/// Says in the language what such a command says in words.
private struct IncidentWords {
  let session: Session

  init(_ session: Session) {
    self.session = session
  }

  func run(_ code: String) throws(Failure) {
    try Script(session).run(SourceText(name: "-c", text: code), parameters: [])
  }

  /// The incident that a command is about, as the language finds it.
  func incident(_ id: String?) throws(Failure) -> String {
    let id = id ?? session.options.incident
    let entry = try TranscriptCommand.reading {
      () throws(JournalError) -> IncidentStore.Entry? in
      if let id { return try session.incidentStore.find(id) }
      return try session.incidentStore.newestOpen()
    }
    guard let entry else {
      throw Failure(
        .usage,
        "no incident is open",
        advice: ["opsh incident open \"what people see\" --severity 2", "opsh -c stack.incidents"]
      )
    }
    return "(stack.incidents | where .id is \(Self.literal(entry.id)) | only)"
  }

  /// A text as the language writes it.
  static func literal(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\", "$": quoted += "\\" + String(scalar)
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
