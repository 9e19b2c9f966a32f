internal import ArgumentParser
internal import Values

/// What a later version brings: it says so, and help does not show it.
protocol LaterCommand: ParsableCommand {
  static var word: String { get }
  var words: [String] { get }
}

extension LaterCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: word, shouldDisplay: false)
  }

  func run() throws {
    try Session(SessionOptions()).end { () throws(Failure) in
      throw Failure(.usage, "'opsh \(Self.word)' is not in this version")
    }
  }
}

struct LaterInit: LaterCommand {
  static let word = "init"
  @Argument(parsing: .captureForPassthrough) var words: [String] = []
}
