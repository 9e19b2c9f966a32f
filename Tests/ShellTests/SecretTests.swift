import Foundation
import PseudoTerminalSupport
import Testing

/// A secret that somebody types is seen by what it was typed for, and by nothing and nobody else.
@Suite struct SecretTests {
  private static let typed = "hunter2-Kq7x!pR"
  /// A program that shows what it and its parent were given, and what a crash would leave.
  private static let looks = """
    echo got ${#T}
    tr '\\0' ' ' </proc/$PPID/cmdline >parent
    tr '\\0' ' ' </proc/$$/cmdline >own
    grep -i core /proc/$PPID/limits >limits
    env >environment
    echo "$T" >given
    """

  @Test(.timeLimit(.minutes(5)))
  func `what is typed for a secret is not echoed, kept or told to another program`() throws {
    let binary = try BuiltBinary()
    try binary.write(Self.looks, to: "look.sh")
    let terminal = try PseudoTerminal(
      program: BuiltBinary.folder + "/opsh",
      [],
      environment: binary.environment.merging(["NO_COLOR": "1", "AMBIENT": "ambient"]) { $1 },
      directory: binary.work,
      columns: 120,
      rows: 40,
      patience: 60
    )
    try terminal.expect("opsh>")
    terminal.type("let level = ask(\"The level?\", type: secret)\r")
    try terminal.expect("The level? (not shown) ")
    terminal.type(Self.typed + "\r")
    try terminal.expect("opsh>")
    terminal.type("level\r")
    try terminal.expect("opsh>")
    terminal.type("do run(with: {T: level}) sh look.sh\r")
    try terminal.expect("type sh to do this: ")
    terminal.type("sh\r")
    try terminal.expect("got \(Self.typed.utf8.count)")
    try terminal.expect("opsh>")
    terminal.type("exit\r")
    #expect(try terminal.end() == 0)
    #expect(!String(decoding: terminal.everything, as: UTF8.self).contains(Self.typed))

    func file(_ name: String) throws -> String {
      try String(contentsOfFile: binary.work + "/" + name, encoding: .utf8)
    }
    #expect(try file("given") == Self.typed + "\n")
    #expect(!(try file("parent")).contains(Self.typed))
    #expect(!(try file("own")).contains(Self.typed))
    #expect(!(try file("environment")).contains("ambient"))
    let limit = try file("limits").split(whereSeparator: \.isWhitespace)
    #expect(limit.count { $0 == "0" } == 2, "\(limit)")
    let kept = try binary.program("/usr/bin/grep", ["-rlF", Self.typed, binary.root + "/state"])
    #expect(kept.output == "")
    let history = try String(contentsOfFile: binary.root + "/state/opsh/history", encoding: .utf8)
    #expect(history.contains("ask("))
  }
}
