/// How a child process ended.
package enum Exit: Hashable, Sendable {
  case code(Int)
  case signal(Int)
}

/// What a child process came to.
package struct Completed: Hashable, Sendable {
  /// Why it ended.
  package enum Cause: Hashable, Sendable {
    /// By itself.
    case itself
    /// It was told to end because its time was over.
    case timeout
    /// It was told to end because the caller gave up.
    case cancelled
  }

  package let exit: Exit
  package let cause: Cause
  package let output: [UInt8]
  package let errorOutput: [UInt8]
  package let duration: Duration
  /// Whether more came than was kept.
  package let wasCutOff: Bool
  /// Whether a process that the child left behind still held its output open, so that more may
  /// come that nobody reads.
  package let wasLeftOpen: Bool

  package init(
    exit: Exit,
    cause: Cause = .itself,
    output: [UInt8] = [],
    errorOutput: [UInt8] = [],
    duration: Duration = .zero,
    wasCutOff: Bool = false,
    wasLeftOpen: Bool = false
  ) {
    self.exit = exit
    self.cause = cause
    self.output = output
    self.errorOutput = errorOutput
    self.duration = duration
    self.wasCutOff = wasCutOff
    self.wasLeftOpen = wasLeftOpen
  }

  package var isSuccess: Bool { exit == .code(0) && cause == .itself }

  /// The output as text; what is not UTF-8 in it becomes U+FFFD.
  package var text: String { String(decoding: output, as: UTF8.self) }

  /// The error output as text, likewise.
  package var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
}
