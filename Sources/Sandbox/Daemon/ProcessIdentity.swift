import Foundation
import Values

/// A process, told from a later one with the same number by when it started.
struct ProcessIdentity: Sendable, Equatable {
  var pid: Int32
  /// In clock ticks since the machine started.
  var startedAt: String

  static var own: ProcessIdentity {
    let pid = getpid()
    return ProcessIdentity(pid: pid, startedAt: startTime(of: pid) ?? "")
  }

  init(pid: Int32, startedAt: String) {
    self.pid = pid
    self.startedAt = startedAt
  }

  init?(_ json: JSON?) {
    guard let pid = json?["pid"]?.intValue.flatMap(Int32.init(exactly:)),
      let startedAt = json?["started"]?.stringValue
    else { return nil }
    self.init(pid: pid, startedAt: startedAt)
  }

  var json: JSON { ["pid": .int(Int64(pid)), "started": .string(startedAt)] }

  var isAlive: Bool { pid > 1 && Self.startTime(of: pid) == startedAt && !startedAt.isEmpty }

  /// Sends a signal, if it is still this process.
  func signal(_ number: Int32) {
    if isAlive { kill(pid, number) }
  }

  /// Waits until the process is gone; tells whether it is.
  func waitUntilGone(seconds: Double) -> Bool {
    let end = Time.monotonicMicroseconds() + Int64(seconds * 1_000_000)
    while isAlive {
      guard Time.monotonicMicroseconds() < end else { return false }
      usleep(10_000)
    }
    return true
  }

  /// Field 22 of `/proc/PID/stat`; nothing when there is no such process, or only its remains.
  private static func startTime(of pid: Int32) -> String? {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
    // The name in field 2 may contain anything, so fields are counted behind its last bracket.
    let text = String(decoding: bytes, as: UTF8.self)
    guard let bracket = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return String(fields[19])
  }
}
