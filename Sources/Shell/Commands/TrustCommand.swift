internal import ArgumentParser
internal import Journals
internal import Providers
internal import Runbooks
internal import Sinks
internal import Stack
internal import Values

/// `opsh trust`: trust this stack file's content.
struct TrustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract: "Show what the stack file may reach, and trust its content."
  )

  @OptionGroup var shared: SharedOptions

  @Argument(help: "The content's hash, where nobody can answer.")
  var hash: String?

  func run() throws {
    let session = try shared.session()
    try session.end { () throws(Failure) in
      let (loaded, definition) = try session.definition()
      guard !session.ledger().trusts(loaded.hash) else {
        session.output.say("\(loaded.path) is trusted already")
        return
      }
      for line in Self.lines(definition) { session.output.say(line) }
      let foreign = definition.allowing(try session.settings()).foreignHosts
      if !foreign.isEmpty {
        session.output.say("  not before \(session.paths.settingsFile) says:")
        session.output.say(StyledText("    " + ForeignHost.line(foreign)))
      }
      try confirm(loaded, session)
      try write(loaded, session)
      session.output.say("trusted: \(loaded.path)")
    }
  }

  static func lines(_ definition: StackDefinition) -> [StyledText] {
    var lines = [StyledText("stack \"\(definition.title)\" may reach:", .bold)]
    for reach in definition.reaches {
      let secrets = reach.secrets.isEmpty ? "" : "  with \(reach.secrets.joined(separator: ", "))"
      lines.append(StyledText("  \(reach.vendor): \(reach.host)\(secrets)"))
    }
    for command in definition.reads {
      lines.append(StyledText("  and run as a read: \(command.joined(separator: " "))"))
    }
    return lines
  }

  private func confirm(_ loaded: LoadedStack, _ session: Session) throws(Failure) {
    if let hash {
      guard hash == loaded.hash else {
        throw Failure(.approval, "the file's hash is \(loaded.hash), not \(hash)")
      }
      return
    }
    let person = session.person
    guard person.isPresent else {
      throw Failure(
        .approval,
        "nobody can be asked whether to trust it",
        advice: ["after reading it: opsh trust \(loaded.hash)"]
      )
    }
    let answer = try person.answer(to: "Trust it? Type yes: ", after: [])
    guard answer == "yes" else {
      throw Failure(.approval, "it was not trusted", advice: ["only 'yes' means yes"])
    }
  }

  private func write(_ loaded: LoadedStack, _ session: Session) throws(Failure) {
    var ledger = session.ledger()
    ledger.add(loaded.hash, path: loaded.path, at: Time.now())
    do throws(JournalError) {
      try Folder.create(session.paths.settings)
    } catch {
      throw Failure(.failed, error.message)
    }
    try ReplacedFile.write(
      Array(ledger.text.utf8),
      to: session.paths.trusted,
      shownAs: session.paths.trusted,
      newMode: 0o600
    )
  }
}
