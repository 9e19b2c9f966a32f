private import CLibEdit
private import Glibc
private import Synchronization

/// Tells of the signals that a person or the system sends to the process.
///
/// SIGTSTP keeps its meaning, so Ctrl-Z stops the whole process as anywhere.
package final class SignalWatch: Sendable {
  package enum Event: CaseIterable, Sendable {
    /// Ctrl-C.
    case interrupt
    case terminate
    /// The terminal went away.
    case hangUp
    /// The terminal's size is another, or somebody else had it while the process was stopped.
    case resize

    var numbers: [Int32] {
      switch self {
      case .interrupt: [SIGINT]
      case .terminate: [SIGTERM]
      case .hangUp: [SIGHUP]
      case .resize: [SIGWINCH, SIGCONT]
      }
    }
  }

  /// Calls the handler on a thread of its own for each signal from now on, one at a time.
  ///
  /// There is one watch in a process; it stays until the process ends or ``stop()``.
  package init(_ handler: @escaping @Sendable (Event) -> Void) throws(TerminalError) {
    let (readEnd, writeEnd) = try WishPipe.makePipe()
    // A signal handler must never wait for room.
    _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
    try Self.startThread { Self.serve(readEnd, handler) }
    let numbers = Event.allCases.flatMap { $0.numbers }
    let code = unsafe cterminal_watch(writeEnd, numbers, Int32(numbers.count))
    guard code == 0 else { throw .system(action: "watching for signals", code: code) }
  }

  /// Gives the signals back what they do by default.
  package func stop() {
    let numbers = Event.allCases.flatMap { $0.numbers }
    unsafe cterminal_unwatch(numbers, Int32(numbers.count))
  }

  private static func serve(_ descriptor: Int32, _ handler: (Event) -> Void) {
    while true {
      var byte: UInt8 = 0
      let count = unsafe read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { return }
      let event = Event.allCases.first { $0.numbers.contains(Int32(byte)) }
      if let event { handler(event) }
    }
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
      self.run = run
    }
  }

  private static func startThread(
    _ run: @escaping @Sendable () -> Void
  ) throws(TerminalError) {
    var thread = pthread_t()
    let body = unsafe Unmanaged.passRetained(Body(run))
    let code = unsafe pthread_create(
      &thread,
      nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        body.run()
        return nil
      },
      body.toOpaque()
    )
    guard code == 0 else {
      unsafe body.release()
      throw .system(action: "starting a thread for signals", code: code)
    }
    pthread_detach(thread)
  }
}
