import CPseudoTerminal
import Foundation
import Testing

/// The test program on a terminal, with a person who types what a test says.
final class PseudoTerminal {
  struct Missing: Error, CustomStringConvertible {
    let expected: String
    let screen: String
    var description: String {
      "'\(expected)' did not come; the screen has: \(screen.debugDescription)"
    }
  }

  let master: Int32
  let child: pid_t
  /// All that was written and not yet expected.
  private(set) var unread: [UInt8] = []
  private var isReaped = false

  init(
    _ arguments: String...,
    environment: [String: String] = [:],
    columns: UInt16 = 60,
    rows: UInt16 = 20
  ) throws {
    let path = try Self.program
    var variables = [
      "TERM": "xterm", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "EDITRC": "/dev/null",
      "HOME": "/nonexistent", "SWIFT_BACKTRACE": "enable=no",
    ]
    variables.merge(environment) { $1 }
    let words = ([path] + arguments).map { $0 + "\0" }.joined()
    let pairs = variables.map { "\($0.key)=\($0.value)\0" }.joined()
    var pid: pid_t = 0
    master = unsafe pseudo_terminal_start(path, words, pairs, rows, columns, &pid)
    child = pid
    try #require(master >= 0)
  }

  deinit {
    close(master)
    if !isReaped {
      kill(child, SIGKILL)
      _ = waitpid(child, nil, 0)
    }
  }

  /// Beside the test's own executable.
  static var program: String {
    get throws {
      let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      return URL(fileURLWithPath: own).deletingLastPathComponent().path + "/TerminalTestProgram"
    }
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    let count = unsafe write(master, bytes, bytes.count)
    #expect(count == bytes.count)
  }

  /// Waits for a text and gives all that came up to its end.
  @discardableResult
  func expect(_ text: String) throws -> String {
    let wanted = Array(text.utf8)
    let end = Date(timeIntervalSinceNow: Self.patience)
    while true {
      if let range = unread.firstRange(of: wanted) {
        let seen = String(decoding: unread[..<range.upperBound], as: UTF8.self)
        unread.removeSubrange(..<range.upperBound)
        return seen
      }
      guard try fill(until: end, expecting: text) else { throw missing(text) }
    }
  }

  /// Waits for the program's end: its exit code, or its signal as a negative number.
  func end() throws -> Int32 {
    let end = Date(timeIntervalSinceNow: Self.patience)
    while try fill(until: end, expecting: "the end") {}
    var status: Int32 = 0
    try #require(unsafe waitpid(child, &status, 0) == child)
    isReaped = true
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : -signal
  }

  /// Nobody waits for a program longer than this, in seconds.
  private static let patience = 20.0

  /// Reads some more; gives false when the program has let go of the terminal.
  private func fill(until end: Date, expecting text: String) throws -> Bool {
    var source = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    let left = max(0, end.timeIntervalSinceNow)
    guard unsafe poll(&source, 1, Int32(left * 1000)) > 0 else { throw missing(text) }
    var chunk = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(master, &chunk, chunk.count)
    guard count > 0 else { return false }
    unread += chunk[..<count]
    return true
  }

  private func missing(_ text: String) -> Missing {
    Missing(expected: text, screen: String(decoding: unread, as: UTF8.self))
  }

  var echoes: Bool { pseudo_terminal_echoes(master) }
  var readsLines: Bool { pseudo_terminal_reads_lines(master) }

  /// Stops the program as Ctrl-Z does, takes the terminal, and lets the program go on.
  func stopAndGoOn() throws {
    kill(child, SIGSTOP)
    var status: Int32 = 0
    try #require(unsafe waitpid(child, &status, WUNTRACED) == child)
    #expect(pseudo_terminal_use_lines(master) == 0)
    kill(child, SIGCONT)
  }

  func resize(columns: UInt16, rows: UInt16) {
    #expect(pseudo_terminal_resize(master, rows, columns) == 0)
  }
}

/// A folder that is gone with the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "opsh-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
