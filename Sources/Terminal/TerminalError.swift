private import Glibc

/// Why the terminal could not be used.
package enum TerminalError: Error, Hashable, Sendable {
  /// There is none, or another job has it.
  case noTerminal
  /// The system's reason for what could not be done.
  case system(action: String, code: Int32)

  package var message: String {
    switch self {
    case .noTerminal: "there is no terminal to ask on"
    case .system(let action, let code):
      "\(action) failed: \(unsafe String(cString: strerror(code)))"
    }
  }
}
