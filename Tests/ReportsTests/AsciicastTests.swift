import Foundation
import PseudoTerminalSupport
import Reports
import Testing
import Values

@Suite struct AsciicastTests {
  private let cast: String
  private let lines: [JSON]

  init() throws {
    cast = try TestIncident.transcript.text(as: "asciicast")
    lines = try cast.split(separator: "\n").map { try JSON.parse(String($0)) }
  }

  @Test func `it begins with its header and every event has a time, a code and data`() {
    #expect(lines.first?["version"] == 2)
    #expect(lines.first?["width"] == 100)
    #expect(lines.first?["timestamp"]?.intValue == TestIncident.start / 1_000_000)
    #expect(lines.first?["duration"]?.numberValue == TestIncident.length)
    #expect(lines.first?["command"] == "opsh runbooks/rollback.opsh env=production")
    var last = 0.0
    for event in lines.dropFirst() {
      #expect(event.arrayValue?.count == 3)
      #expect(["o", "m"].contains(event[1]?.stringValue))
      #expect(event[2]?.stringValue != nil)
      let time = event[0]?.numberValue ?? -1
      #expect(time >= last)
      last = time
    }
    #expect(lines.dropFirst().count { $0[1] == "o" } == TestIncident.records.count)
    #expect(last == TestIncident.length)
  }

  @Test func `it plays what was asked, answered and typed, and no foreign control`() {
    let screen = lines.dropFirst().filter { $0[1] == "o" }.compactMap { $0[2]?.stringValue }
      .joined()
    let plain = screen.replacing(/\u{1B}\[\d+m/, with: "")
    #expect(plain.contains("type production to do this: production\r\n"))
    #expect(plain.contains("opsh> production.status"))
    #expect(plain.contains("\\u{202e}tac.txt"))
    #expect(
      plain.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\r" || $0 == "\n" }
    )
  }

  @Test(.timeLimit(.minutes(5)))
  func `asciinema plays it`() throws {
    let path = NSTemporaryDirectory() + "opsh-" + UUID().uuidString + ".cast"
    try cast.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    // It wants a terminal for its own keys.
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    let program = try #require(
      folders.map { $0 + "/asciinema" }.first { FileManager.default.isExecutableFile(atPath: $0) },
      "there is no 'asciinema' in PATH: run scripts/setup"
    )
    let terminal = try PseudoTerminal(
      program: program,
      ["cat", path],
      environment: [
        "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": NSTemporaryDirectory(),
      ],
      directory: NSTemporaryDirectory(),
      columns: 100,
      rows: 30,
      patience: 60
    )
    #expect(try terminal.end() == 0)
    let played = String(decoding: terminal.everything, as: UTF8.self)
    #expect(played.contains("route all traffic of production back to dpl_8"))
    #expect(played.contains("ended ok, exit 0"))
  }
}
