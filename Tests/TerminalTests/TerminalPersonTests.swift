import Foundation
import PseudoTerminalSupport
import Testing

@Suite(.timeLimit(.minutes(6))) struct TerminalPersonTests {
  @Test func `an answer is the line that was typed`() throws {
    let terminal = try PseudoTerminal("ask")
    try terminal.expect("type production: ")
    terminal.type(" production \r")
    try terminal.expect("outcome: production answered")
    #expect(try terminal.end() == 0)
    #expect(terminal.echoes)
  }

  @Test func `what is shown before is harmless and hides secrets`() throws {
    let terminal = try PseudoTerminal("ask")
    let seen = try terminal.expect("type production: ")
    #expect(seen.contains("this deletes ‹TOKEN›"))
    #expect(seen.contains("esc ␛[2J"))
  }

  @Test(arguments: [
    ("\r", "empty"), ("  \r", "empty"), ("\u{04}", "end of input"),
    ("production\ryes\r", "pasted"), ("\u{1B}[200~production\u{1B}[201~\r", "pasted"),
    ("\u{1B}[200~production\r\u{1B}[201~", "pasted"), ("\u{03}", "interrupted"),
  ])
  func `everything that is no typed answer is a no`(_ typed: String, _ reason: String) throws {
    let terminal = try PseudoTerminal("ask")
    try terminal.expect("type production: ")
    terminal.type(typed)
    try terminal.expect("outcome:  \(reason)")
    #expect(try terminal.end() == 0)
  }

  @Test func `no answer in time is a no`() throws {
    let terminal = try PseudoTerminal("ask", "50")
    try terminal.expect("type production: ")
    try terminal.expect("outcome:  timeout")
  }

  @Test func `what was typed before the question does not answer it`() throws {
    let terminal = try PseudoTerminal("edit", "/nonexistent/history")
    try terminal.expect("> ")
    let asked = try PseudoTerminal("ask")
    // The kernel holds this before the program even starts to read.
    asked.type("production\r")
    try asked.expect("type production: ")
    asked.type("no\r")
    try asked.expect("outcome: no answered")
  }

  @Test func `without a terminal nobody is asked`() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
    process.arguments = ["--wait", try PseudoTerminal.program, "ask"]
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(text == "nobody\n")
  }

  @Test func `a secret is not seen while it is typed`() throws {
    let terminal = try PseudoTerminal("secret")
    try terminal.expect("password: ")
    #expect(!terminal.echoes)
    terminal.type(" hunter2-hunter2\r")
    let seen = try terminal.expect("secret: 16 bytes answered")
    #expect(!seen.contains("hunter"))
    #expect(try terminal.end() == 0)
    #expect(terminal.echoes)
  }

  @Test(arguments: [("\u{03}", SIGINT), ("\u{1C}", SIGQUIT)])
  func `the terminal shows again what is typed when a signal ends the program`(
    _ key: String,
    _ signal: Int32
  ) throws {
    let terminal = try PseudoTerminal("raw-secret")
    try terminal.expect("password: ")
    #expect(!terminal.echoes)
    terminal.type(key)
    #expect(try terminal.end() == -signal)
    #expect(terminal.echoes)
    #expect(terminal.readsLines)
  }

  @Test func `progress is one line, harmless, and gone afterwards`() throws {
    let terminal = try PseudoTerminal("progress", columns: 40)
    let seen = try terminal.expect("done")
    #expect(seen.contains("\r\u{1B}[Kcopying ‹TOKEN› xxxxxxxxxxxxxxxxxxxxxx…\r\u{1B}[K"))
    let dumb = try PseudoTerminal("progress", environment: ["TERM": "dumb"])
    #expect(try dumb.expect("done") == "done")
  }

  @Test func `size and colour come from the terminal and the environment`() throws {
    let terminal = try PseudoTerminal("facts", columns: 91, rows: 33)
    try terminal.expect("91x33 color: true")
    let dumb = try PseudoTerminal("facts", environment: ["TERM": "dumb"])
    try dumb.expect("color: false")
    let unwanted = try PseudoTerminal("facts", environment: ["NO_COLOR": "1"])
    try unwanted.expect("color: false")
    let empty = try PseudoTerminal("facts", environment: ["NO_COLOR": ""])
    try empty.expect("color: true")
  }
}
