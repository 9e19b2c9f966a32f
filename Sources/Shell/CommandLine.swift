internal import ArgumentParser
internal import Glibc
private import Synchronization
internal import Values

/// opsh's command line (`design: The command line`).
package enum CommandLineInterface {
  /// Parses the words, does what they say, and gives the exit code.
  package static func run(_ words: [String]) -> Int32 {
    // A reader that goes away is an error of the write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    // So is a file that may not grow.
    signal(SIGXFSZ, SIG_IGN)
    CoreDumps.switchOff()
    Invoked.words.withLock { $0 = words }
    do {
      var command = try OpshCommand.parseAsRoot(words)
      try command.run()
      return 0
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      return end(error)
    }
  }

  /// Help and the version go to standard output; wrong usage to standard error with exit code 2.
  private static func end(_ error: any Error) -> Int32 {
    let text = OpshCommand.fullMessage(for: error)
    let isFine = OpshCommand.exitCode(for: error).isSuccess
    let descriptor = isFine ? STDOUT_FILENO : STDERR_FILENO
    var bytes = Array((text + "\n").utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe write(descriptor, $0.baseAddress, $0.count)
      }
      guard count > 0 else { break }
      bytes = bytes.dropFirst(count)
    }
    return isFine ? 0 : 2
  }
}

/// Secrets would stand in them.
private enum CoreDumps {
  static func switchOff() {
    var limit = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
  }
}

struct OpshCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "opsh",
    abstract: "An ops shell: a product's stack as typed objects, runbooks run step by step.",
    version: "opsh \(Session.version)",
    subcommands: [
      RunCommand.self, StatusCommand.self, CheckCommand.self, FmtCommand.self, PlanCommand.self,
      RunsCommand.self, ResumeCommand.self, UndoCommand.self, HandoverCommand.self,
      ApproveCommand.self, TranscriptCommand.self, IncidentCommand.self, PostmortemCommand.self,
      DoctorCommand.self, TrustCommand.self, SandboxCommand.self, LintCommand.self,
      HelpCommand.self, LaterInit.self,
    ],
    defaultSubcommand: RunCommand.self
  )

  /// What this version has, and shows.
  static var commandNames: [String] {
    var names: [String] = []
    for command in configuration.subcommands {
      let own = command.configuration
      if own.shouldDisplay, let name = own.commandName { names.append(name) }
    }
    return names
  }
}
