private import Glibc
package import Sinks
private import Synchronization
internal import Values

/// One line on a terminal that says how far something is, and is gone when it is done.
///
/// Safe from any thread. Where there is no terminal it shows nothing.
package final class ProgressLine: Sendable {
  private struct State {
    var isShown = false
    var lastDrawn: Int64 = 0
  }

  /// More often than this, in microseconds, nobody can read it.
  private static let interval: Int64 = 100_000

  private let descriptor: Int32
  /// Whether there is a terminal that can show it.
  package let isActive: Bool
  private let rendering: Rendering
  private let state = Mutex(State())

  /// Lends itself a descriptor, usually of standard error.
  package init(
    on descriptor: Int32,
    environment: [String: String],
    usesColor: Bool,
    registry: SecretRegistry
  ) {
    self.descriptor = descriptor
    isActive =
      Screen.isTerminal(descriptor) && Screen.canMoveCursor(environment: environment)
    rendering = Rendering(usesColor: usesColor, registry: registry)
  }

  /// Shows a text in place of the last one; may leave it out if that was just before.
  package func show(_ text: String) {
    // A job in the background does not draw over what the person does meanwhile.
    guard isActive, tcgetpgrp(descriptor) == getpgrp() else { return }
    state.withLock { state in
      let now = Time.monotonicMicroseconds()
      guard !state.isShown || now - state.lastDrawn >= Self.interval else { return }
      state.lastDrawn = now
      state.isShown = true
      let columns = Screen.size(of: descriptor)?.columns ?? 80
      let clean = rendering.text(StyledText(text))
      // In the last column some terminals begin a new line.
      let line = DisplayWidth.shortened(clean, to: columns - 1)
      let styled = rendering.usesColor ? "\u{1B}[2m\(line)\u{1B}[0m" : line
      Screen.write(Array("\r\u{1B}[K\(styled)".utf8), to: descriptor)
    }
  }

  /// Takes the line away; call it before anything else is written to the terminal.
  package func hide() {
    guard isActive else { return }
    state.withLock { state in
      guard state.isShown else { return }
      state.isShown = false
      Screen.write(Array("\r\u{1B}[K".utf8), to: descriptor)
    }
  }
}
