internal import Diagnostics
internal import Formats
internal import Glibc
internal import Language
internal import Sinks
internal import Synchronization
internal import Terminal
internal import Values

/// Standard output for data and nothing else; standard error for people.
final class Output: Sendable {
  let data: Sink
  let messages: Sink
  let isTerminal: Bool
  /// What is shown while nothing else is.
  let patience: Patience
  private let format: String?
  /// The message whose place was just shown, so that it is not said twice.
  let placed = Mutex<String?>(nil)

  init(options: SessionOptions, environment: [String: String], registry: SecretRegistry) {
    let noColor = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
    let usesColor = options.usesColor && !noColor
    isTerminal = isatty(STDOUT_FILENO) == 1
    let messagesIsTerminal = isatty(STDERR_FILENO) == 1
    data = Sink(
      to: DescriptorWriter(STDOUT_FILENO, name: "standard output"),
      registry: registry,
      audience: isTerminal ? .terminal(usesColor: usesColor) : .program
    )
    // Foreign text in a message is made harmless even in a file: people read it with `cat`.
    messages = Sink(
      to: DescriptorWriter(STDERR_FILENO, name: "standard error"),
      registry: registry,
      audience: .terminal(usesColor: usesColor && messagesIsTerminal)
    )
    patience = Patience(
      ProgressLine(
        on: STDERR_FILENO,
        environment: environment,
        usesColor: usesColor,
        registry: registry
      )
    )
    format = options.output
  }

  /// The format that `--output` names, or what fits where the data goes.
  func rowFormat() throws(Failure) -> RowFormat {
    guard let format else { return .standard(isTerminal: isTerminal) }
    return try RowFormat.named(format)
  }

  /// Writes a value as data.
  func show(_ value: Value) throws(Failure) {
    let (data, patience) = (data, patience)
    try rowFormat().write(value, for: layout) { (bytes) throws(Failure) in
      patience.rest()
      do throws(SinkError) {
        try data.write(bytes)
      } catch {
        throw Self.failure(error)
      }
    }
    try flush()
  }

  private var layout: Layout {
    Layout(
      width: isTerminal ? ScreenWidth.columns : nil,
      isTerminal: isTerminal,
      registry: data.registry
    )
  }

  func line(_ text: StyledText) {
    try? data.writeLine(text)
  }

  func say(_ text: StyledText) {
    patience.rest()
    // What was shown before it comes before it, also where both go to one place.
    try? data.flush()
    try? messages.writeLine(text)
    try? messages.flush()
  }

  func flush() throws(Failure) {
    patience.rest()
    do throws(SinkError) {
      try data.flush()
    } catch {
      throw Self.failure(error)
    }
  }

  private static func failure(_ error: SinkError) -> Failure {
    Failure(.failed, error.message)
  }

  /// Says that a failure is only that the reader of standard output went away (`| head`): that ends
  /// the program as quietly as any other tool.
  func isOfGoneReader(_ failure: Failure) -> Bool {
    failure.message == SinkError.closed.message && data.isClosed
  }

  /// The exit code of a failure; that of SIGPIPE where the reader went away, as shells give it.
  func exitCode(of failure: Failure) -> Int32 {
    isOfGoneReader(failure) ? 128 + SIGPIPE : failure.exitCode
  }

  /// Shows what is wrong in texts.
  func problems(_ problems: [SourceProblems]) {
    for entry in problems {
      for diagnostic in entry.diagnostics {
        for line in diagnostic.rendered(in: entry.source).split(separator: "\n") {
          let isHead = line.contains(": error: ") && !line.hasPrefix(" ")
          say(StyledText(String(line), isHead ? .bold : .plain))
        }
      }
    }
  }

  /// Shows a failure: what happened, then what it means and what to type next.
  func failure(_ failure: Failure) {
    guard !isOfGoneReader(failure) else { return }
    if placed.withLock({ $0.take() }) != failure.message {
      say(StyledText("opsh: ", .red) + StyledText(failure.message))
    }
    for line in failure.advice { say(StyledText("  " + line)) }
  }
}
