private import Synchronization

/// The one way out: everything that people or records read goes through one of these.
///
/// Secrets are masked first; then, towards a terminal, foreign text is made harmless; then styles
/// that opsh itself chose are added.
package final class Sink: Sendable {
  package enum Audience: Sendable {
    /// A person at a terminal.
    case terminal(usesColor: Bool)
    /// A program: bytes stay as they are, but for secrets.
    case program
  }

  private struct State {
    var redactor: Redactor
    var filter: Harmless?
    var error: SinkError?
  }

  /// Lends the writer to one thread at a time.
  private final class Lane: @unchecked Sendable {
    // `@unchecked`: only touched inside of the mutex.
    let writer: any ByteWriter

    init(_ writer: any ByteWriter) {
      self.writer = writer
    }
  }

  package let registry: SecretRegistry
  package let audience: Audience
  private let lane: Lane
  private let state: Mutex<State>

  /// Takes the writer over: nothing else may write to it.
  package init(to writer: sending any ByteWriter, registry: SecretRegistry, audience: Audience) {
    self.registry = registry
    self.audience = audience
    lane = Lane(writer)
    let filter: Harmless? = if case .terminal = audience { Harmless() } else { nil }
    state = Mutex(State(redactor: Redactor(registry: registry), filter: filter))
  }

  /// Whoever read this has gone.
  package var isClosed: Bool { state.withLock { $0.error == .closed } }

  package var usesColor: Bool {
    if case .terminal(let usesColor) = audience { usesColor } else { false }
  }

  /// Writes bytes that may come from anywhere and be cut anywhere.
  package func write(_ bytes: [UInt8]) throws(SinkError) {
    try send { state, clean in
      var redacted: [UInt8] = []
      state.redactor.write(bytes, into: &redacted)
      Self.pass(redacted, state: &state, into: &clean)
    }
  }

  package func write(_ text: String) throws(SinkError) {
    try write(Array(text.utf8))
  }

  /// Writes a whole line of text and its end.
  package func writeLine(_ text: String) throws(SinkError) {
    try write(Array(text.utf8) + [0x0A])
  }

  /// Writes a styled text, without a line end; what was held back before it comes first.
  package func write(_ styled: StyledText) throws(SinkError) {
    let text = styled.rendered(usesColor: usesColor, registry: registry)
    try send { state, clean in
      Self.settle(state: &state, into: &clean)
      clean += text.utf8
    }
  }

  package func writeLine(_ styled: StyledText) throws(SinkError) {
    let text = styled.rendered(usesColor: usesColor, registry: registry) + "\n"
    try send { state, clean in
      Self.settle(state: &state, into: &clean)
      clean += text.utf8
    }
  }

  /// Writes out all that was held back: nothing that was begun will be continued.
  package func flush() throws(SinkError) {
    try send { state, clean in Self.settle(state: &state, into: &clean) }
    let lane = lane
    let result: Result<Void, SinkError> = state.withLock { state in
      guard state.error == nil else { return .success(()) }
      do throws(SinkError) {
        try lane.writer.flush()
        return .success(())
      } catch {
        state.error = error
        return .failure(error)
      }
    }
    try result.get()
  }

  private static func pass(_ bytes: [UInt8], state: inout State, into clean: inout [UInt8]) {
    guard state.filter != nil else {
      clean += bytes
      return
    }
    state.filter?.write(bytes, into: &clean)
  }

  private static func settle(state: inout State, into clean: inout [UInt8]) {
    var redacted: [UInt8] = []
    state.redactor.finish(into: &redacted)
    pass(redacted, state: &state, into: &clean)
    state.filter?.finish(into: &clean)
  }

  private func send(_ make: (inout State, inout [UInt8]) -> Void) throws(SinkError) {
    let lane = lane
    let result: Result<Void, SinkError> = state.withLock { state in
      if let error = state.error { return .failure(error) }
      var clean: [UInt8] = []
      make(&state, &clean)
      do throws(SinkError) {
        if !clean.isEmpty { try lane.writer.write(clean) }
        return .success(())
      } catch {
        state.error = error
        return .failure(error)
      }
    }
    try result.get()
  }
}
