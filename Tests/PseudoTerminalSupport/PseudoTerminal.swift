private import CPseudoTerminal
private import Foundation
private import Glibc

/// A program on a terminal, with a person who types what a test says.
package final class PseudoTerminal {
  /// What was waited for and did not come.
  package struct Missing: Error, CustomStringConvertible {
    let expected: String
    let screen: String
    package var description: String {
      "'\(expected)' did not come; the screen has: \(screen.debugDescription)"
    }
  }

  private let master: Int32
  package let child: Int32
  /// Nobody waits for a program longer than this, in seconds.
  private let patience: Double
  /// All that was written and not yet expected.
  private var unread: [UInt8] = []
  /// All that was ever written.
  package private(set) var everything: [UInt8] = []
  /// All that came, but for how a line that says how far something is takes itself away: on a busy
  /// machine that may show or not.
  package var withoutProgress: [UInt8] {
    let erasing = Array("\r\u{1B}[K".utf8)
    var left: [UInt8] = []
    for byte in everything {
      left.append(byte)
      if left.suffix(erasing.count).elementsEqual(erasing) { left.removeLast(erasing.count) }
    }
    return left
  }
  private var isReaped = false

  /// Starts a program; the environment is added to a bare one.
  package init(
    program path: String,
    _ arguments: [String],
    environment: [String: String] = [:],
    directory: String? = nil,
    columns: UInt16 = 60,
    rows: UInt16 = 20,
    patience: Double = 20
  ) throws {
    var variables = [
      "TERM": "xterm", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "EDITRC": "/dev/null",
      "HOME": "/nonexistent", "SWIFT_BACKTRACE": "enable=no",
    ]
    variables.merge(environment) { $1 }
    let words = ([path] + arguments).map { $0 + "\0" }.joined()
    let pairs = variables.map { "\($0.key)=\($0.value)\0" }.joined()
    var pid: pid_t = 0
    master = unsafe pseudo_terminal_start(
      path,
      words,
      pairs,
      directory ?? "",
      rows,
      columns,
      &pid
    )
    child = pid
    self.patience = patience
    guard master >= 0 else { throw Missing(expected: "a terminal", screen: "") }
  }

  deinit {
    close(master)
    if !isReaped {
      kill(child, SIGKILL)
      _ = waitpid(child, nil, 0)
    }
  }

  package func type(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { unsafe write(master, $0.baseAddress, $0.count) }
      // What was not typed is missed by whoever waits for its effect.
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Waits for a text and gives all that came up to its end.
  @discardableResult
  package func expect(_ text: String) throws -> String {
    let wanted = Array(text.utf8)
    let end = Date(timeIntervalSinceNow: patience)
    while true {
      if let range = unread.firstRange(of: wanted) {
        let seen = String(decoding: unread[..<range.upperBound], as: UTF8.self)
        unread.removeSubrange(..<range.upperBound)
        return seen
      }
      guard try fill(until: end, expecting: text) else { throw missing(text) }
    }
  }

  /// Whether nothing comes for so long, which only waiting can show.
  package func staysQuiet(forSeconds seconds: Double) -> Bool {
    var source = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&source, 1, Int32(seconds * 1000)) == 0
  }

  /// Waits for the program's end: its exit code, or its signal as a negative number.
  package func end() throws -> Int32 {
    let end = Date(timeIntervalSinceNow: patience)
    while try fill(until: end, expecting: "the end") {}
    var status: Int32 = 0
    guard unsafe waitpid(child, &status, 0) == child else { throw missing("the end") }
    isReaped = true
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : -signal
  }

  /// Kills the program while its terminal stays, so that it can do nothing about it any more.
  package func killProgram() {
    kill(child, SIGKILL)
    var status: Int32 = 0
    _ = unsafe waitpid(child, &status, 0)
    isReaped = true
  }

  /// Reads some more; gives false when the program has let go of the terminal.
  private func fill(until end: Date, expecting text: String) throws -> Bool {
    var source = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    let left = max(0, end.timeIntervalSinceNow)
    guard unsafe poll(&source, 1, Int32(left * 1000)) > 0 else { throw missing(text) }
    var chunk = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(master, &chunk, chunk.count)
    guard count > 0 else { return false }
    unread += chunk[..<count]
    everything += chunk[..<count]
    return true
  }

  private func missing(_ text: String) -> Missing {
    Missing(expected: text, screen: String(decoding: unread, as: UTF8.self))
  }

  package var echoes: Bool { pseudo_terminal_echoes(master) }
  package var readsLines: Bool { pseudo_terminal_reads_lines(master) }

  /// Stops the program as Ctrl-Z does, takes the terminal, and lets the program go on.
  package func stopAndGoOn() throws {
    kill(child, SIGSTOP)
    var status: Int32 = 0
    guard unsafe waitpid(child, &status, WUNTRACED) == child,
      pseudo_terminal_use_lines(master) == 0
    else { throw missing("the stop") }
    kill(child, SIGCONT)
  }

  package func resize(columns: UInt16, rows: UInt16) throws {
    guard pseudo_terminal_resize(master, rows, columns) == 0 else { throw missing("the size") }
  }
}
