private import Glibc
internal import Values

/// Until when something is waited for.
struct Deadline {
  /// Of the monotonic clock, in microseconds.
  let end: Int64?
  let cancelOn: Int32?

  init(_ timeout: TimeSpan?, _ cancelOn: Int32?) {
    end = timeout.map { Time.monotonicMicroseconds() + max(0, $0.microseconds) }
    self.cancelOn = cancelOn
  }

  /// How long `poll` may wait; -1 for ever, 0 if it is over.
  var milliseconds: Int32 {
    guard let end else { return -1 }
    return Int32(clamping: max(0, (end - Time.monotonicMicroseconds() + 999) / 1000))
  }
}

/// Reads one line from a terminal in line mode.
struct AnswerReader {
  let device: Int32
  let deadline: Deadline
  /// Keeps blanks around the text, which a secret may have.
  let isExact: Bool

  func read() -> Answer.Outcome {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      if let reason = wait() { return .none(reason) }
      let count = unsafe Glibc.read(device, &chunk, chunk.count)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return .none(.endOfFile) }
      bytes += chunk[..<count]
      if let end = bytes.firstIndex(of: 0x0A) { return outcome(of: bytes, end) }
    }
  }

  private func outcome(of bytes: [UInt8], _ end: Int) -> Answer.Outcome {
    // Bracketed paste begins with ESC [200~; no key that answers a question sends an ESC.
    if bytes.contains(0x1B) || end + 1 < bytes.count || hasMore { return .none(.pasted) }
    guard let line = String(validating: bytes[..<end], as: UTF8.self) else {
      return .none(.unreadable)
    }
    let text = isExact ? line : String(line.trimmingBlanks)
    return text.isEmpty ? .none(.empty) : .answered(text)
  }

  /// Says whether a second line came together with the first.
  private var hasMore: Bool {
    var source = pollfd(fd: device, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&source, 1, 0) > 0 && source.revents & Int16(POLLIN) != 0
  }

  /// Waits until there is something to read, or gives why there will be nothing.
  private func wait() -> Answer.Reason? {
    while true {
      var sources = [pollfd(fd: device, events: Int16(POLLIN), revents: 0)]
      if let cancelOn = deadline.cancelOn {
        sources.append(pollfd(fd: cancelOn, events: Int16(POLLIN), revents: 0))
      }
      let milliseconds = deadline.milliseconds
      let count = unsafe poll(&sources, nfds_t(sources.count), milliseconds)
      if count < 0, errno == EINTR { continue }
      if sources.count > 1, sources[1].revents != 0 { return .interrupted }
      if sources[0].revents & Int16(POLLIN) != 0 { return nil }
      if sources[0].revents != 0 { return .endOfFile }
      if count == 0, deadline.end != nil, deadline.milliseconds == 0 { return .timeout }
      if count < 0 { return .endOfFile }
    }
  }
}

extension String {
  /// Without blanks and tabs around it.
  var trimmingBlanks: Substring {
    var rest = self[...]
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" || last == "\r" { rest.removeLast() }
    return rest
  }
}
