internal import ArgumentParser
internal import Diagnostics
internal import Values

/// `opsh plan FILE [name=value …]`: walk it, change nothing.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show every change a file would make; read, but change nothing."
  )

  @OptionGroup var shared: SharedOptions

  @Flag(name: .customLong("by-hand"), help: "Add the vendor's own command line for each change.")
  var byHand = false

  @Option(name: .short, help: "Plan one piece of code.")
  var code: String?

  @Argument(help: "A file, then name=value for its parameters.")
  var words: [String] = []

  func run() throws {
    let session = try shared.session(readsEnvironment: true)
    try session.end { () throws(Failure) in
      if let code {
        let source = SourceText(name: "-c", text: code)
        return try Script(session).plan(source, parameters: words, isByHand: byHand)
      }
      guard let path = words.first else { throw Failure(.usage, "give a file to plan") }
      let source = SourceText(
        name: path,
        bytes: try TextFile.read(session.paths.absolute(path), shownAs: path)
      )
      let parameters = Array(words.dropFirst())
      try Script(session).plan(source, parameters: parameters, isByHand: byHand)
    }
  }
}
