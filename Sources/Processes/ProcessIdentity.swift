internal import CChildProcess
private import Glibc

/// One process for certain: its number and when it started, since numbers are used again.
package struct ProcessIdentity: Hashable, Sendable {
  package let pid: Int32
  /// Clock ticks since the machine started (field 22 of `/proc/PID/stat`).
  package let startTime: UInt64

  package init(pid: Int32, startTime: UInt64) {
    self.pid = pid
    self.startTime = startTime
  }

  /// The process that has a number now; nil if there is none.
  package init?(pid: Int32) {
    guard let status = ProcessStatus(pid: pid) else { return nil }
    self.init(pid: pid, startTime: status.startTime)
  }

  /// Whether it still runs; one that has ended but was not waited for does not.
  package var isAlive: Bool {
    guard let status = ProcessStatus(pid: pid) else { return false }
    return status.startTime == startTime && !status.hasEnded
  }

  /// Sends a signal to this process and to no other that has its number by now.
  package func send(signal: Int32) throws(ProcessError) {
    let descriptor = try open()
    defer { close(descriptor) }
    try send(signal, over: descriptor)
  }

  /// Tells it to end, waits, and kills it if it has not ended when the grace is over.
  ///
  /// Throws `processIsGone` if there is nothing to end.
  package func terminate(signal: Int32 = SIGTERM, grace: Duration) throws(ProcessError) {
    let descriptor = try open()
    defer { close(descriptor) }
    try send(signal, over: descriptor)
    guard !Self.waitForEnd(descriptor, for: grace) else { return }
    try send(SIGKILL, over: descriptor)
    _ = Self.waitForEnd(descriptor, for: .seconds(10))
  }

  /// Waits until it has ended; false if it still runs after the time.
  package func waitForEnd(for duration: Duration) -> Bool {
    guard let descriptor = try? open() else { return true }
    defer { close(descriptor) }
    return Self.waitForEnd(descriptor, for: duration)
  }

  /// A descriptor of this very process: it is opened first and compared then, so the number can not
  /// change hands in between.
  private func open() throws(ProcessError) -> Int32 {
    let descriptor = cchild_open_pidfd(pid)
    guard descriptor >= 0 else {
      if errno == ESRCH { throw .processIsGone(pid: pid) }
      throw .signalRefused(pid: pid, reason: systemMessage(errno))
    }
    guard isAlive else {
      close(descriptor)
      throw .processIsGone(pid: pid)
    }
    return descriptor
  }

  private func send(_ signal: Int32, over descriptor: Int32) throws(ProcessError) {
    switch cchild_signal_pidfd(descriptor, signal) {
    case 0: return
    case ESRCH: throw .processIsGone(pid: pid)
    case let number: throw .signalRefused(pid: pid, reason: systemMessage(number))
    }
  }

  private static func waitForEnd(_ descriptor: Int32, for duration: Duration) -> Bool {
    let end = ContinuousClock.now + duration
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while true {
      let left = end - .now
      if unsafe poll(&watched, 1, left.pollMilliseconds) > 0 {
        // A detached program is still this process's child, and would stay as a zombie.
        cchild_reap_pidfd(descriptor)
        return true
      }
      guard left > .zero else { return false }
    }
  }
}

/// What `/proc` says about a process.
private struct ProcessStatus {
  let startTime: UInt64
  let hasEnded: Bool

  init?(pid: Int32) {
    guard pid > 0, let text = readFile("/proc/\(pid)/stat"),
      // The name in parentheses may itself hold blanks and parentheses.
      let name = text.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = text[(name + 1)...].split(separator: UInt8(ascii: " "))
    guard fields.count > 19, let time = UInt64(String(decoding: fields[19], as: UTF8.self)) else {
      return nil
    }
    startTime = time
    hasEnded = fields[0].first == UInt8(ascii: "Z") || fields[0].first == UInt8(ascii: "X")
  }
}
