private import Glibc

/// Lines from something that is no terminal to edit on.
final class PlainLines {
  private let input: Int32
  private let wishes: Int32
  private var buffer: [UInt8] = []
  private var isAtEnd = false

  init(input: Int32, wishes: Int32) {
    self.input = input
    self.wishes = wishes
  }

  /// The next line without its end; bytes that are not UTF-8 become U+FFFD.
  func next() -> LineEditor.Input {
    var searched = 0
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        let line = buffer[..<end]
        buffer.removeSubrange(...end)
        return .line(String(decoding: line, as: UTF8.self))
      }
      searched = buffer.count
      if isAtEnd {
        guard !buffer.isEmpty else { return .endOfFile }
        let line = buffer
        buffer = []
        return .line(String(decoding: line, as: UTF8.self))
      }
      guard wait() else {
        buffer = []
        return .interrupted
      }
      fill()
    }
  }

  /// Gives false if another thread wants the reading to end.
  private func wait() -> Bool {
    var sources = [
      pollfd(fd: wishes, events: Int16(POLLIN), revents: 0),
      pollfd(fd: input, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      guard unsafe poll(&sources, 2, -1) > 0 else { continue }
      var wish: UInt8 = 0
      if sources[0].revents != 0, unsafe read(wishes, &wish, 1) == 1,
        wish == EditSession.interruptWish
      {
        return false
      }
      if sources[1].revents != 0 { return true }
    }
  }

  private func fill() {
    var chunk = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(input, &chunk, chunk.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    guard count > 0 else {
      isAtEnd = true
      return
    }
    buffer += chunk[..<count]
  }
}
