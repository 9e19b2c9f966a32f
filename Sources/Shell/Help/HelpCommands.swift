internal import ArgumentParser
internal import Sinks

/// Help about commands, which the command line's own declarations give.
enum HelpCommands {
  static func lines(about name: String) -> [StyledText]? {
    let found = OpshCommand.configuration.subcommands.first { command in
      command.configuration.shouldDisplay && command.configuration.commandName == name
    }
    guard let found else { return nil }
    let text = OpshCommand.helpMessage(for: found)
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { StyledText(String($0)) }
  }
}
