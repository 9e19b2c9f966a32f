import Foundation
import PseudoTerminalSupport
import Testing

/// No record, no effect: where nothing can be written down, nothing is changed.
@Suite struct FullDiskTests {
  private let binary: BuiltBinary
  private let code = "\"read before\"\ndo run touch changed"

  init() throws {
    binary = try BuiltBinary()
    try binary.write(code, to: "touch.opsh")
  }

  private var isChanged: Bool {
    FileManager.default.fileExists(atPath: binary.work + "/changed")
  }

  /// Runs a script in which files can not grow beyond so many blocks of 512 bytes.
  private func limited(_ blocks: Int, _ words: String...) throws -> BuiltBinary.Result {
    let script = "ulimit -f \(blocks); exec \"$@\""
    return try binary.program(
      "/bin/sh",
      ["-c", script, "sh", BuiltBinary.folder + "/opsh"] + words
    )
  }

  private func hash() throws -> String {
    let refused = try binary.opsh("touch.opsh")
    #expect(refused.code == 4, "\(refused.messages)")
    return String(try #require(refused.messages.split(whereSeparator: \.isWhitespace).last))
  }

  /// The journal's first records fit, the intent of the change does not; or nothing fits at all.
  @Test(.timeLimit(.minutes(5)), arguments: [0, 1])
  func `what can not be recorded is not done, and reads go on`(_ blocks: Int) throws {
    let hash = try hash()
    let failed = try limited(blocks, "touch.opsh", "--approve", hash)
    #expect(failed.code == 8, "\(failed.output)\(failed.messages)")
    #expect(!isChanged)
    #expect(try limited(blocks, "-c", "1..3 | sum(it)").output == "6\n")
    // With room again a new approval does it: nothing was left that is in the way.
    try binary.write(code + " and-this", to: "touch.opsh")
    let done = try binary.opsh("touch.opsh", "--approve", try self.hash())
    #expect(done.code == 0, "\(done.messages)")
    #expect(isChanged)
  }

  @Test(.timeLimit(.minutes(5)))
  func `the prompt goes on reading and changes nothing`() throws {
    let terminal = try PseudoTerminal(
      program: "/bin/sh",
      ["-c", "ulimit -f 1; exec \"$0\"", BuiltBinary.folder + "/opsh"],
      environment: binary.environment.merging(["NO_COLOR": "1"]) { $1 },
      directory: binary.work,
      columns: 120,
      rows: 40,
      patience: 60
    )
    try terminal.expect("opsh>")
    terminal.type("do run touch changed\r")
    let answer = try terminal.expect(": ")
    terminal.type((answer.contains("type touch") ? "touch" : "y") + "\r")
    try terminal.expect("nothing further is changed")
    try terminal.expect("opsh>")
    terminal.type("6 * 7\r")
    try terminal.expect("42\r\n")
    try terminal.expect("opsh>")
    terminal.type("do run touch changed\r")
    try terminal.expect("nothing was done")
    try terminal.expect("opsh>")
    terminal.type("exit\r")
    _ = try terminal.end()
    #expect(!isChanged)
  }

  /// The whole state folder on a disk of 64 KiB that is full.
  @Test(.timeLimit(.minutes(5)))
  func `a disk that is full is no record`() throws {
    let hash = try hash()
    let script = """
      mount -t tmpfs -o size=64k tmpfs state || exit 99
      cp -r known/opsh state/
      head -c 1000000 /dev/zero > state/filler
      "$0" touch.opsh --approve "$1"; echo "code $?"
      "$0" -c '20 + 3'; echo "code $?"
      """
    try FileManager.default.moveItem(
      atPath: binary.root + "/state",
      toPath: binary.work + "/known"
    )
    try binary.write("", to: "state/.keep")
    let result = try binary.program(
      "/usr/bin/unshare",
      ["-rm", "/bin/sh", "-c", script, BuiltBinary.folder + "/opsh", hash],
      with: ["XDG_STATE_HOME": binary.work + "/state"]
    )
    // Where nobody may mount, the tests above stand for this one.
    guard result.output.hasPrefix("code") || result.output.contains("read before") else {
      #expect(result.code == 99 || result.messages.contains("unshare"), "\(result.messages)")
      return
    }
    #expect(result.output.hasSuffix("code 8\n23\ncode 0\n"), "\(result.output)\(result.messages)")
    #expect(!isChanged)
  }
}
