internal import ArgumentParser
internal import Language
internal import Runbooks
internal import Synchronization
internal import Values

/// The words that opsh was started with.
enum Invoked {
  static let words = Mutex<[String]>([])
}

/// The options that every command takes.
struct SharedOptions: ParsableArguments {
  @Option(help: "The stack file; stack.opsh here or in a folder above if left out.")
  var stack: String?

  @Option(help: "The environment that reads are about: 'env' in a script.")
  var env: String?

  @Option(help: "table, json, ndjson, csv, tsv or markdown.")
  var output: String?

  @Option(help: "The hash of the plan that was approved.")
  var approve: String?

  @Option(help: "The hash of a stack file to trust for this once.")
  var trust: String?

  @Option(help: "Another folder for the records of runs.")
  var journal: String?

  @Option(help: "Why this is done; goes into the record.")
  var reason: String?

  @Option(help: "The incident that this belongs to, or none; the newest open one if left out.")
  var incident: String?

  @Option(help: "How long one request may take, such as 10s.")
  var timeout: String?

  @Flag(name: .customLong("no-config"), help: "Leave the user's own settings aside.")
  var leavesConfig = false

  @Flag(name: .customLong("no-color"), help: "Write without colours.")
  var isColorless = false

  @Flag(help: "Say more of what is done.")
  var verbose = false

  /// Makes the session of a command; `--env` is refused where there is nothing to read.
  func session(readsEnvironment: Bool = false, locks: LockOptions? = nil) throws -> Session {
    Session(try options(readsEnvironment: readsEnvironment, locks: locks))
  }

  func options(
    readsEnvironment: Bool = false,
    locks: LockOptions? = nil
  ) throws -> SessionOptions {
    guard readsEnvironment || env == nil else {
      throw ValidationError("--env says what reads are about; this command reads no environment")
    }
    var options = SessionOptions()
    options.stack = stack
    options.env = env
    options.output = output
    options.approve = approve
    options.trust = trust
    options.journal = journal
    options.reason = reason
    options.incident = incident
    options.usesConfig = !leavesConfig
    options.usesColor = !isColorless
    options.isVerbose = verbose
    options.words = Invoked.words.withLock { $0 }
    if let locks { options.lockTerms = try locks.terms() }
    if let timeout {
      guard let span = DurationText.parse(timeout), span.microseconds > 0 else {
        throw ValidationError("--timeout must be a duration such as 10s, but is '\(timeout)'")
      }
      options.timeout = span
    }
    return options
  }
}

/// What a command that may change something takes about the locks of others.
struct LockOptions: ParsableArguments {
  @Option(help: "How long to wait for whoever changes the environment now, such as 10m.")
  var wait: String?

  @Option(name: .customLong("take-over"), help: "Take the lock from whoever has it; says why.")
  var takeOver: String?

  @Option(
    name: .customLong("without-control"),
    help: "Change things although the control database does not answer; says why."
  )
  var withoutControl: String?

  func terms() throws -> LockTerms {
    var terms = LockTerms()
    if let wait {
      guard let span = DurationText.parse(wait), span.microseconds > 0 else {
        throw ValidationError("--wait must be a duration such as 10m, but is '\(wait)'")
      }
      terms.wait = span
    }
    terms.takeOver = try Self.reason(takeOver, of: "--take-over")
    terms.withoutDirectory = try Self.reason(withoutControl, of: "--without-control")
    guard terms.takeOver == nil || terms.withoutDirectory == nil else {
      throw ValidationError("--take-over needs the control database: it can not go without it")
    }
    return terms
  }

  private static func reason(_ given: String?, of option: String) throws -> String? {
    guard let given else { return nil }
    guard given.contains(where: { !$0.isWhitespace }) else {
      throw ValidationError("\(option) needs a reason in words: it goes into the record")
    }
    return given
  }
}

extension Session {
  /// Runs a command's body; shows its failure and turns it into the exit code.
  func end(_ body: () throws(Failure) -> Void) throws {
    do throws(Failure) {
      // Before anything runs: a change must not be done and then fail to be shown.
      _ = try output.rowFormat()
      try body()
      try output.flush()
    } catch {
      try? output.flush()
      output.failure(error)
      throw ExitCode(output.exitCode(of: error))
    }
  }
}
