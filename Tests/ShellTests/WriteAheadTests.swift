import Foundation
import Testing
import Values

/// No changing send and no program start before its intent is on the disk.
@Suite struct WriteAheadTests {
  /// One world-touching event of a whole process, in the order in which strace saw them.
  enum Event: Equatable {
    case intentWritten
    case journalSynced
    case changed(String)
  }

  /// Reads an `strace -f -y` log, the calls of all threads merged.
  ///
  /// A call that another thread interrupts stands in two lines; it counts where it returns, but a
  /// change counts where it begins.
  static func events(_ log: String, programs: Set<String>) -> [Event] {
    var events: [Event] = []
    var syncing: Set<Substring> = []
    for line in log.split(separator: "\n") {
      let thread = line.prefix { $0 != " " }
      if line.contains("fdatasync(") && line.contains("/journal>") {
        if line.contains("unfinished") {
          syncing.insert(thread)
        } else {
          events.append(.journalSynced)
        }
      } else if line.contains("fdatasync resumed"), syncing.remove(thread) != nil {
        events.append(.journalSynced)
      } else if line.contains("write("), line.contains("/journal>"),
        line.contains(#"\"kind\":\"intent\""#)
      {
        events.append(.intentWritten)
      } else if let change = change(line, programs) {
        events.append(.changed(change))
      }
    }
    return events
  }

  private static func change(_ line: Substring, _ programs: Set<String>) -> String? {
    if line.contains("sendto(") || line.contains("sendmsg(") || line.contains("writev(") {
      for method in ["POST", "PATCH", "PUT", "DELETE"] where line.contains("\"\(method) /") {
        return method
      }
    }
    guard line.contains("execve("), line.hasSuffix(" = 0") || line.contains("unfinished") else {
      return nil
    }
    return programs.first { line.contains("[\"\($0)\"") }
  }

  /// Every change has an intent of its own, synced between its write and the change.
  static func violations(_ events: [Event]) -> [String] {
    var found: [String] = []
    var isWritten = false
    var isSynced = false
    for event in events {
      switch event {
      case .intentWritten: (isWritten, isSynced) = (true, false)
      case .journalSynced: isSynced = isWritten
      case .changed(let what):
        if !(isWritten && isSynced) { found.append(what) }
        (isWritten, isSynced) = (false, false)
      }
    }
    return found
  }

  @Test func `the reader of the log sees a change that came too early`() {
    #expect(Self.violations([.intentWritten, .journalSynced, .changed("POST")]).isEmpty)
    #expect(Self.violations([.intentWritten, .changed("POST"), .journalSynced]) == ["POST"])
    #expect(Self.violations([.journalSynced, .changed("POST")]) == ["POST"])
    let twice: [Event] = [.intentWritten, .journalSynced, .changed("POST"), .changed("POST")]
    #expect(Self.violations(twice) == ["POST"])
  }

  @Test(.timeLimit(.minutes(6)))
  func `programs start only after their intent is synced`() throws {
    let binary = try BuiltBinary()
    let code = "for i in 1..5 { do run touch \"f${i}\" }"
    let refused = try binary.opsh("-c", code)
    let hash = try #require(refused.messages.split(whereSeparator: \.isWhitespace).last)
    let log = binary.root + "/strace.log"
    let traced = try binary.program(
      "/usr/bin/strace",
      Self.options(log) + [BuiltBinary.folder + "/opsh", "-c", code, "--approve", String(hash)],
      with: Self.untraceable
    )
    #expect(traced.code == 0, "\(traced.messages)")
    let events = Self.events(
      try String(contentsOfFile: log, encoding: .utf8),
      programs: ["touch"]
    )
    #expect(events.count { if case .changed = $0 { true } else { false } } == 5)
    #expect(Self.violations(events) == [])
    #expect(FileManager.default.fileExists(atPath: binary.work + "/f5"))
  }

  @Test(.timeLimit(.minutes(2)))
  func `vendors are changed only after the intent is synced`() throws {
    let world = try SandboxWorld(scenario: "bad-deploy", seed: 7)
    let words = ["runbooks/rollback.opsh", "env=production", "restore_data=false"]
    let refused = try world.binary.program("opsh", words, in: world.folder)
    let hash = try #require(refused.messages.split(whereSeparator: \.isWhitespace).last)
    let log = world.binary.root + "/strace.log"
    let traced = try world.binary.program(
      "/usr/bin/strace",
      Self.options(log) + [BuiltBinary.folder + "/opsh"] + words + ["--approve", String(hash)],
      with: Self.untraceable,
      in: world.folder
    )
    #expect(traced.code == 0, "\(traced.messages)")
    let events = Self.events(try String(contentsOfFile: log, encoding: .utf8), programs: [])
    #expect(events.count { $0 == .changed("POST") } == 1)
    #expect(try world.changes().count == 1)
    #expect(Self.violations(events) == [])
  }

  /// The leak sanitizer is a tracer itself, and does not work in a program that is traced.
  private static let untraceable = ["ASAN_OPTIONS": "detect_leaks=0"]

  static func options(_ log: String) -> [String] {
    [
      "-f", "-y", "-s", "400", "-o", log, "-e",
      "trace=write,pwrite64,fdatasync,fsync,sendto,sendmsg,writev,execve",
    ]
  }
}
