import Foundation
import PseudoTerminalSupport
import Testing

@Suite(.timeLimit(.minutes(6))) struct LineEditorTests {
  private let folder: TemporaryFolder
  private var history: String { folder.path + "/state/opsh/history" }

  init() throws {
    folder = try TemporaryFolder()
  }

  private func start(_ environment: [String: String] = [:]) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal("edit", history, environment: environment)
    try terminal.expect("> ")
    return terminal
  }

  @Test func `a line is what was typed`() throws {
    let terminal = try start()
    terminal.type("production.status\r")
    try terminal.expect("line: \"production.status\"")
    try terminal.expect("> ")
    terminal.type("\u{04}")
    try terminal.expect("end")
    #expect(try terminal.end() == 0)
  }

  @Test func `a prompt of several colours is shown in them`() throws {
    let terminal = try PseudoTerminal("edit", history)
    try terminal.expect("op")
    try terminal.expect("\u{1B}[1msh")
    try terminal.expect("> ")
  }

  @Test func `letters beyond ASCII are kept, in the C locale too`() throws {
    let terminal = try start(["LC_ALL": "C"])
    terminal.type("größe 日本 🚀\r")
    try terminal.expect("line: \"größe 日本 🚀\"")
  }

  @Test func `keys edit as emacs has them`() throws {
    let terminal = try start()
    terminal.type("bcd\u{01}a\u{05}e\u{1B}[D\u{1B}[3~\r")
    try terminal.expect("line: \"abcd\"")
    terminal.type("one two three\u{17}\r")
    try terminal.expect("line: \"one two \"")
  }

  @Test func `what the parser calls incomplete goes on in the next line`() throws {
    let terminal = try start()
    terminal.type("if x {\r")
    try terminal.expect("… ")
    terminal.type("  y\r")
    try terminal.expect("… ")
    terminal.type("}\r")
    try terminal.expect(#"line: "if x {\n  y\n}""#)
  }

  @Test func `from a further line one can go back to the first`() throws {
    let terminal = try start()
    terminal.type("if x {\r")
    try terminal.expect("… ")
    terminal.type("}\u{1B}[A")
    try terminal.expect("> ")
    terminal.type("\u{1B}[A\u{1B}[C\u{1B}[C!\r")
    try terminal.expect(#"line: "if !x {\n}""#)
  }

  @Test func `Ctrl-C throws the line away and keeps the shell`() throws {
    let terminal = try start()
    terminal.type("half a li")
    try terminal.expect("half a li")
    terminal.type("\u{03}")
    try terminal.expect("^C")
    try terminal.expect("interrupted")
    try terminal.expect("> ")
    terminal.type("next\r")
    try terminal.expect("line: \"next\"")
  }

  @Test func `Ctrl-C in a further line throws all of it away`() throws {
    let terminal = try start()
    terminal.type("if {\r")
    try terminal.expect("… ")
    terminal.type("\u{03}")
    try terminal.expect("interrupted")
    try terminal.expect("> ")
    terminal.type("next\r")
    try terminal.expect("line: \"next\"")
  }

  @Test func `Ctrl-D deletes where there is something to delete`() throws {
    let terminal = try start()
    terminal.type("ab\u{01}\u{04}\r")
    try terminal.expect("line: \"b\"")
  }

  @Test func `one candidate is put in`() throws {
    let terminal = try start()
    terminal.type("prod x\u{1B}[D\u{1B}[D\t\u{05}y dep\t\r")
    try terminal.expect("line: \"production xy deployments\"")
  }

  @Test func `several candidates stand below with what they are`() throws {
    let terminal = try start()
    terminal.type("d\t")
    try terminal.expect("deployments")
    try terminal.expect("what was built")
    try terminal.expect("database")
    try terminal.expect("where the data is")
    try terminal.expect("> d")
    terminal.type("a\t\r")
    try terminal.expect("line: \"database\"")
  }

  @Test func `what candidates have in common is put in first`() throws {
    let terminal = try start()
    terminal.type("pre\t\t")
    try terminal.expect("preview_two")
    try terminal.expect("> ")
    terminal.type("on\t\r")
    try terminal.expect("line: \"preview_one\"")
  }

  @Test func `a menu keeps the cursor's place`() throws {
    let terminal = try start()
    terminal.type("d x\u{1B}[D\u{1B}[D\t")
    try terminal.expect("database")
    try terminal.expect("> ")
    terminal.type("!\r")
    try terminal.expect("line: \"d! x\"")
  }

  @Test func `a paste is put in and not run`() throws {
    let terminal = try start()
    terminal.type("\u{1B}[200~do one\rdo two\u{1B}[31m\r\u{1B}[201~")
    try terminal.expect("do two")
    terminal.type(" # mine\r")
    try terminal.expect(##"line: "do one\ndo two[31m # mine""##)
  }

  @Test func `bracketed paste is off while something runs`() throws {
    let terminal = try start()
    terminal.type("x\r")
    let seen = try terminal.expect("line: \"x\"")
    #expect(seen.contains("\u{1B}[?2004l"))
    #expect(try terminal.expect("> ").contains("\u{1B}[?2004h"))
  }

  @Test func `a long line is edited as a whole`() throws {
    let terminal = try start()
    let long = String(repeating: "0123456789", count: 300)
    terminal.type(long + "\u{1B}[A\u{1B}[B!\r")
    try terminal.expect("line: \"\(long)!\"")
  }

  @Test func `the editor takes another size`() throws {
    let terminal = try start()
    try terminal.resize(columns: 30, rows: 10)
    terminal.type("after\r")
    try terminal.expect("line: \"after\"")
  }

  @Test func `after a stop the line is there again and editing goes on`() throws {
    let terminal = try start()
    terminal.type("draft")
    try terminal.expect("draft")
    try terminal.stopAndGoOn()
    try terminal.expect("> ")
    try terminal.expect("draft")
    #expect(!terminal.readsLines)
    terminal.type("\u{01}a \r")
    try terminal.expect("line: \"a draft\"")
  }

  @Test func `a terminal that can nothing gets plain lines`() throws {
    let terminal = try start(["TERM": "dumb"])
    terminal.type("if {\r")
    try terminal.expect("… ")
    terminal.type("}\r")
    try terminal.expect(#"line: "if {\n}""#)
    try terminal.expect("> ")
    terminal.type("x\u{03}")
    try terminal.expect("interrupted")
    terminal.type("\u{04}")
    try terminal.expect("end")
  }

  @Test func `a terminal that went away ends the input`() throws {
    let terminal = try start()
    kill(terminal.child, SIGHUP)
    #expect(try terminal.end() == 143)
  }

  @Test func `colours are off where nobody wants them`() throws {
    let colored = try PseudoTerminal("edit", history)
    #expect(try colored.expect("> ").contains("\u{1B}[1msh"))
    let plain = try PseudoTerminal("edit", history, environment: ["NO_COLOR": "1"])
    #expect(!(try plain.expect("> ").contains("\u{1B}[1m")))
  }

  // MARK: - History

  @Test func `Up brings the last line back, Down the draft`() throws {
    let terminal = try start()
    terminal.type("first\r")
    try terminal.expect("line: \"first\"")
    terminal.type("second\r")
    try terminal.expect("line: \"second\"")
    try terminal.expect("> ")
    terminal.type("draft\u{1B}[A\u{1B}[A\u{1B}[B\u{1B}[B!\r")
    try terminal.expect("line: \"draft!\"")
    terminal.type("\u{1B}[A\u{1B}[A\r")
    try terminal.expect("line: \"second\"")
  }

  @Test func `the history outlives the session, whole texts and all`() throws {
    let first = try start()
    first.type("if {\r")
    try first.expect("… ")
    first.type("}\r")
    try first.expect("line: ")
    try first.expect("> ")
    let second = try start()
    second.type("\u{1B}[A\r")
    try second.expect(#"line: "if {\n}""#)
    let attributes = try FileManager.default.attributesOfItem(atPath: history)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let entries = try String(contentsOfFile: history, encoding: .utf8).split(separator: "\n")
    #expect(entries.count == 1)
  }

  @Test func `the search finds what was typed`() throws {
    let terminal = try start()
    terminal.type("alpha one\r")
    try terminal.expect("line: \"alpha one\"")
    terminal.type("beta two\r")
    try terminal.expect("line: \"beta two\"")
    try terminal.expect("> ")
    terminal.type("\u{12}alph")
    try terminal.expect("alpha one")
    terminal.type("\u{05}!\r")
    try terminal.expect("line: \"alpha one!\"")
  }

  @Test func `secrets and what begins with a blank are not kept`() throws {
    let terminal = try start()
    for line in ["set s3cr3t-s3cr3t", " hidden", "kept"] {
      terminal.type(line + "\r")
      try terminal.expect("line: \"\(line)\"")
    }
    try terminal.expect("> ")
    let text = try String(contentsOfFile: history, encoding: .utf8)
    #expect(text.contains("set ‹TOKEN›"))
    #expect(!text.contains("s3cr3t"))
    #expect(!text.contains("hidden"))
    #expect(text.contains("kept"))
  }
}
