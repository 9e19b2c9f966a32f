private import CChildProcess
private import Glibc

/// Watches one child to its end: feeds and reads it, and makes it end when it has to.
struct Supervision {
  /// How long output may stay open after the child's end, in case a process that it left behind
  /// holds it.
  private static let drainTime = Duration.milliseconds(500)

  private enum Phase {
    case running
    /// Told to end; killed when the time is over.
    case ending(Completed.Cause, killAt: ContinuousClock.Instant)
    case killed(Completed.Cause)
  }

  private let pid: Int32
  private let invocation: Invocation
  private let started: ContinuousClock.Instant
  private let watch: Descriptor
  private var streams: [OutputStream]
  private var input: InputStream?
  private var phase = Phase.running
  private var hasEnded = false
  private var drainUntil: ContinuousClock.Instant?
  private var buffer = [UInt8](repeating: 0, count: 65_536)

  init(
    pid: Int32,
    invocation: Invocation,
    started: ContinuousClock.Instant,
    streams: [OutputStream],
    input: InputStream?
  ) {
    self.pid = pid
    self.invocation = invocation
    self.started = started
    self.streams = streams
    self.input = input
    watch = Descriptor(owning: cchild_open_pidfd(pid))
  }

  /// Returns when the child has ended and its output is read.
  mutating func run(
    cancelOn: Int32?,
    onOutput: ((ChildProcess.Stream, [UInt8]) -> Void)?
  ) -> Completed {
    var cancelOn = cancelOn
    while true {
      let ready = wait(cancelOn: cancelOn)
      move(ready, onOutput)
      if !hasEnded, cchild_has_ended(pid) { noteEnd() }
      let isCancelled = cancelOn.map { ready.contains($0) } ?? false
      // From here on it would be readable at every turn.
      if isCancelled { cancelOn = nil }
      pressOn(isCancelled: isCancelled)
      if hasEnded, !isReading || isDrained { return completed() }
    }
  }

  private var isReading: Bool { streams.contains { $0.isOpen } }

  private var isDrained: Bool { drainUntil.map { ContinuousClock.now >= $0 } ?? false }

  /// Waits for something to do; returns the descriptors that are ready.
  private func wait(cancelOn: Int32?) -> Set<Int32> {
    var watched: [pollfd] = streams.filter(\.isOpen).map {
      pollfd(fd: $0.raw, events: Int16(POLLIN), revents: 0)
    }
    if let input, input.isOpen {
      watched.append(pollfd(fd: input.raw, events: Int16(POLLOUT), revents: 0))
    }
    if !hasEnded, watch.isOpen {
      watched.append(pollfd(fd: watch.raw, events: Int16(POLLIN), revents: 0))
    }
    if let cancelOn { watched.append(pollfd(fd: cancelOn, events: Int16(POLLIN), revents: 0)) }
    guard unsafe poll(&watched, nfds_t(watched.count), timeToNextEvent) > 0 else { return [] }
    return Set(watched.filter { $0.revents != 0 }.map(\.fd))
  }

  private var timeToNextEvent: Int32 {
    var next = drainUntil
    switch phase {
    case .running:
      if !hasEnded, let timeout = invocation.timeout { next = started + timeout }
    case .ending(_, let killAt): next = min(next ?? killAt, killAt)
    case .killed: break
    }
    // A kernel without pidfds has to be asked now and then.
    let longest: Duration = watch.isOpen || hasEnded ? .seconds(60) : .milliseconds(10)
    return min(next.map { $0 - .now } ?? longest, longest).pollMilliseconds
  }

  private mutating func move(
    _ ready: Set<Int32>,
    _ onOutput: ((ChildProcess.Stream, [UInt8]) -> Void)?
  ) {
    for (index, name) in [ChildProcess.Stream.output, .errorOutput].enumerated()
    where streams[index].isOpen && ready.contains(streams[index].raw) {
      streams[index].read(into: &buffer, onOutput.map { onOutput in { onOutput(name, $0) } })
    }
    if let raw = input?.raw, ready.contains(raw) { input?.write() }
  }

  /// The child itself has ended; it stays a zombie until ``completed()``, so its group's number can
  /// not be used again meanwhile.
  private mutating func noteEnd() {
    hasEnded = true
    input?.close()
    if case .ending = phase { return }
    drainUntil = .now + Self.drainTime
  }

  /// Tells the group to end, and kills it, when it is time to.
  private mutating func pressOn(isCancelled: Bool) {
    let now = ContinuousClock.now
    switch phase {
    case .running:
      guard !hasEnded else { return }
      let isOver = invocation.timeout.map { now >= started + $0 } ?? false
      guard isCancelled || isOver else { return }
      phase = .ending(isCancelled ? .cancelled : .timeout, killAt: now + invocation.grace)
      kill(-pid, SIGTERM)
      // A stopped process would only see the signal once it goes on.
      kill(-pid, SIGCONT)
    case .ending(let cause, let killAt):
      guard now >= killAt || hasEnded && !isReading else { return }
      phase = .killed(cause)
      kill(-pid, SIGKILL)
      drainUntil = now + Self.drainTime
    case .killed: return
    }
  }

  private func completed() -> Completed {
    var code: Int32 = 0
    var signal: Int32 = 0
    _ = unsafe cchild_reap(pid, &code, &signal)
    let cause: Completed.Cause =
      switch phase {
      case .running: .itself
      case .ending(let cause, _), .killed(let cause): cause
      }
    return Completed(
      exit: signal != 0 ? .signal(Int(signal)) : .code(Int(code)),
      cause: cause,
      output: streams[0].kept,
      errorOutput: streams[1].kept,
      duration: .now - started,
      wasCutOff: streams.contains { $0.wasCutOff },
      wasLeftOpen: isReading
    )
  }
}
