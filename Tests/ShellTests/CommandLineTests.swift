import Foundation
import Testing
import Values

/// The built program through pipes: output rules, exit codes, bad input.
@Suite struct CommandLineTests {
  let binary: BuiltBinary

  init() throws {
    binary = try BuiltBinary()
  }

  @Test(arguments: [
    ("1", "1\n"), ("1 + 1; 2 * 3", "2\n6\n"), ("\"a${1 + 1}b\"", "a2b\n"), ("[1, 2]", "1\n2\n"),
    ("1..3 | each it * it", "1\n4\n9\n"), ("[{a: 1}, {a: 2}]", "{\"a\":1}\n{\"a\":2}\n"),
    ("{a: 5%, b: 1h30m, c: 10MB}", "{\"a\":0.05,\"b\":5400,\"c\":10000000}\n"),
    ("[] | count", "0\n"), ("nothing", ""),
  ])
  func `a scalar is a line, a list a line each, a record an object a line`(
    _ code: String,
    _ expected: String
  ) throws {
    let result = try binary.opsh("-c", code)
    #expect(result.output == expected)
    #expect(result.messages == "")
    #expect(result.code == 0)
  }

  @Test(arguments: [
    ("table", "a\n1\n2\n"), ("json", "[{\"a\":1},{\"a\":2}]\n"), ("csv", "a\n1\n2\n"),
    ("ndjson", "{\"a\":1}\n{\"a\":2}\n"),
  ])
  func `the output option chooses the format`(_ format: String, _ expected: String) throws {
    let result = try binary.opsh("-c", "[{a: 1}, {a: 2}]", "--output", format)
    #expect(result.output.replacing(" ", with: "").hasPrefix(expected.prefix(2)))
    if format != "table" { #expect(result.output == expected) }
    #expect(result.code == 0)
  }

  /// The stack of a thread is what this is about, so it is done by the program, not by a test.
  @Test(arguments: [
    ("(1 + ", ")"), ("[", "][0]"), ("abs(", ")"), ("([1] | each ", " | first 1 | sum(it))"),
  ])
  func `what nests as deep as it may runs, also side by side`(_ open: String, _ close: String)
    throws
  {
    var text = "func f0(): int { return 1 }\n"
    // As deep and as long as the checker takes it: found by asking it.
    func call(_ count: Int, _ depth: Int) throws -> String? {
      var text = text
      for number in 1...count {
        let body =
          String(repeating: open, count: depth) + "f\(number - 1)()"
          + String(repeating: close, count: depth)
        text += "func f\(number)(): int { return \(body) }\n"
      }
      text += "f\(count)()\nparallel { f\(count)(); f\(count - 1)() }\n"
      try binary.write(text, to: "deep.opsh")
      return try binary.opsh("check", "deep.opsh").code == 0 ? text : nil
    }
    var most = 2
    while try call(most + 1, 30) != nil { most += 1 }
    #expect(most < 100)
    text = try #require(try call(most, 30))
    for command in [["deep.opsh"], ["plan", "deep.opsh"]] {
      let result = try binary.program("opsh", command)
      #expect(result.code == 0, "\(result.messages)")
    }
  }

  @Test func `a wrong script names all its errors and runs nothing`() throws {
    try binary.write(
      """
      opsh 1
      "shown?"
      let a = 1
      a + fisrt
      [1] | wher it > 1
      """,
      to: "wrong.opsh"
    )
    let result = try binary.opsh("wrong.opsh")
    #expect(result.code == 2)
    #expect(result.output == "")
    #expect(result.messages.contains("wrong.opsh:4:5: error: "))
    #expect(result.messages.contains("wrong.opsh:5:7: error: "))
    #expect(result.messages.contains("did you mean 'where'?"))
    #expect(result.messages.contains("nothing was run"))
  }

  @Test(arguments: [
    (["-c", "expect 1 is 2"], 3, "expected 1 is 2"),
    (["-c", "[1] | only | each it"], 1, "must be a list"), (["-c", "1 / 0"], 1, ""),
    (["-c", "9223372036854775807 + 1"], 1, ""), (["--no-such"], 2, "--no-such"),
    (["resume", "x"], 2, "there is no run 'x'"), (["undo", "x"], 2, "see: opsh runs"),
    (["handover", "x"], 2, "there is no run 'x'"), (["lint", "x.sql"], 2, "x.sql can not be read"),
    (["-c", "[1] | chart it by it"], 2, "not in this version"), (["nofile.opsh"], 2, "nofile.opsh"),
    (["-c", "production.live"], 2, "production"), (["status"], 2, "stack.opsh"),
    (["-c", "1", "--output", "yaml"], 2, "not in this version"),
    (["-c", "1", "--output", "xml"], 2, "there is no format 'xml'"),
    (["statsu"], 2, "did you mean 'opsh status'?"),
    (["--no-color", "status"], 2, "'status' is a command, and stands before its options"),
    (["-c", "confirm \"sure?\""], 4, "sure?"),
    (["-c", "do run true"], 4, "opsh -c 'do run true' --approve "),
  ])
  func `each kind of end has its exit code and its words`(
    _ arguments: [String],
    _ code: Int,
    _ words: String
  ) throws {
    let result = try binary.program("opsh", arguments)
    #expect(result.code == code, "\(arguments): \(result.messages)")
    #expect(result.messages.contains(words) || words.isEmpty, "\(result.messages)")
  }

  @Test func `a name is unknown because of a wrong stack file, and the file is shown`() throws {
    try binary.write(
      "opsh 1\nstack \"x\" {\n  environment production { protected: fals }\n}\n",
      to: "stack.opsh"
    )
    let result = try binary.opsh("-c", "production.url")
    #expect(result.code == 2)
    #expect(result.messages.contains("stack.opsh:3:39: error: "), "\(result.messages)")
  }

  @Test func `a format that there is not is an error before anything runs`() throws {
    let result = try binary.opsh("-c", "\"x\" | save \"early\"", "--output", "yml")
    #expect(result.code == 2)
    #expect(!FileManager.default.fileExists(atPath: binary.work + "/early"))
  }

  @Test func `the line that approves a piece of several lines can be pasted`() throws {
    let result = try binary.opsh("-c", "do run true\n'it\\'")
    #expect(
      result.messages.contains(#"-c $'do run true\n\'it\\\'' --approve "#),
      "\(result.messages)"
    )
  }

  @Test(.timeLimit(.minutes(5)))
  func `what does not notice that it shall end ends at the second wish`() throws {
    // Nobody reads on, so it stands inside a write.
    let script = """
      mkfifo out
      "$0" -c '"begun"; 1..1000000' > out & opsh=$!
      exec 3< out
      until [ "$(dd bs=1 count=6 <&3 2> /dev/null)" = begun ]; do sleep 0.05; done
      while kill -TERM $opsh 2> /dev/null; do sleep 0.1; done
      wait $opsh
      """
    let arguments = ["-c", script, BuiltBinary.folder + "/opsh"]
    #expect(try binary.program("/bin/sh", arguments).code == 143)
  }

  @Test(.timeLimit(.minutes(5)))
  func `a pattern that others would match for ever is matched at once`() throws {
    let text = String(repeating: "a", count: 100_000)
    let result = try binary.opsh("-c", "\"\(text)\" matches \"(a+)+b\"")
    #expect(result.output == "false\n")
    #expect(result.code == 0, "\(result.messages)")
  }

  @Test(.timeLimit(.minutes(5)))
  func `a pattern with much to do ends at the first wish`() throws {
    let script = """
      "$0" "$1" > begun & opsh=$!
      until [ -s begun ]; do sleep 0.05; done
      kill -TERM $opsh
      wait $opsh
      """
    try binary.write("\"begun\"\n\(Self.much)\n", to: "long.opsh")
    let arguments = ["-c", script, BuiltBinary.folder + "/opsh", "long.opsh"]
    let result = try binary.program("/bin/sh", arguments)
    #expect(result.code == 143, "\(result.messages)")
    #expect(result.messages.contains("told to end"))
    #expect(!result.messages.contains("ended at once"))
  }

  @Test(.timeLimit(.minutes(5)))
  func `a pattern with much to do ends with the time of its step`() throws {
    try binary.write(
      "runbook \"r\"\nstep \"match\" timeout 200ms {\n\(Self.much)\n}\n",
      to: "long.opsh"
    )
    let result = try binary.opsh("long.opsh")
    #expect(result.messages.contains("the time given to this step ran out"), "\(result.messages)")
    #expect(result.code != 0)
  }

  /// A thousand million steps, each of which is needed.
  private static let much =
    "\"\(String(repeating: "a", count: 1_000_000))\" matches \"(a?){999}b\""

  @Test func `a program that was approved runs once`() throws {
    let refused = try binary.opsh("-c", "do run(allow: [0]) echo done-it")
    #expect(refused.code == 4)
    let hash = try #require(refused.messages.split(whereSeparator: \.isWhitespace).last)
    let done = try binary.opsh("-c", "do run(allow: [0]) echo done-it", "--approve", String(hash))
    #expect(done.code == 0, "\(done.messages)")
    #expect(done.messages.contains("done-it"))
    let again = try binary.opsh("-c", "do run(allow: [0]) echo done-it", "--approve", String(hash))
    #expect(again.code == 4)
    #expect(again.messages.contains("used already"))
    let runs = try binary.opsh("runs", "--output", "json")
    #expect(try JSON.parse(runs.output).arrayValue?.count == 1)
  }

  // MARK: - Bad input

  @Test func `bytes that are not UTF-8, and NUL, are clear errors`() throws {
    try binary.write([0x22, 0xFF, 0xFE, 0x22, 0x0A], to: "bytes.opsh")
    let bytes = try binary.opsh("bytes.opsh")
    #expect(bytes.code == 2)
    #expect(bytes.messages.contains("bytes.opsh:1:"))
    try binary.write([0x31, 0x00, 0x32, 0x0A], to: "nul.opsh")
    let nul = try binary.opsh("nul.opsh")
    #expect(nul.code == 2)
    #expect(nul.messages.contains("nul.opsh:1:2"))
  }

  @Test(.timeLimit(.minutes(6)))
  func `ten thousand nested brackets and a line of 100 MB are clear errors`() throws {
    let nested = try binary.opsh(
      "-",
      input: Array(repeating: UInt8(ascii: "["), count: 10_000)
        + Array(repeating: UInt8(ascii: "]"), count: 10_000)
    )
    #expect(nested.code == 2)
    #expect(nested.messages.contains("nests more than 200 deep"))
    try binary.write(Array(repeating: UInt8(ascii: "1"), count: 100_000_000), to: "long.opsh")
    let long = try binary.opsh("long.opsh")
    #expect(long.code == 2)
    #expect(long.messages.contains("larger than 16 MiB"))
  }

  @Test func `control characters of foreign text never reach a message raw`() throws {
    let result = try binary.opsh("-c", "expect false else \"a\\u{1b}[31mred\\u{202e}b\"")
    #expect(result.code == 3)
    #expect(!result.messages.contains("\u{1B}"))
    #expect(!result.messages.unicodeScalars.contains("\u{202E}"))
  }

  // MARK: - Files

  @Test func `fmt formats in place, and check says what is not formatted`() throws {
    try binary.write("let   a=1\na+1\n", to: "a.opsh")
    let checked = try binary.opsh("fmt", "--check", "a.opsh")
    #expect(checked.code == 1)
    #expect(checked.output == "a.opsh\n")
    #expect(try binary.opsh("fmt", "a.opsh").code == 0)
    #expect(
      try String(contentsOfFile: binary.work + "/a.opsh", encoding: .utf8) == "let a = 1\na + 1\n"
    )
    #expect(try binary.opsh("fmt", "--check", "a.opsh").code == 0)
  }

  @Test func `a runbook about the whole stack is checked where no stack file is`() throws {
    let binary = try BuiltBinary()
    let step = "step \"Look\" { stack.environments | each .name }\n"
    try binary.write("opsh 1\nrunbook \"All\"\n" + step, to: "all.opsh")
    let checked = try binary.opsh("check", "all.opsh")
    #expect(checked.code == 0, "\(checked.messages)")
    try binary.write(
      "opsh 1\nrunbook \"All\"\n" + step.replacing("ments", with: "mnts"),
      to: "b.opsh"
    )
    let wrong = try binary.opsh("check", "b.opsh")
    #expect(wrong.code == 2)
    #expect(wrong.messages.contains("'environments'"), "\(wrong.messages)")
  }

  @Test func `check gives JSON for editors`() throws {
    try binary.write("let a = 1\na.b\n", to: "b.opsh")
    let result = try binary.opsh("check", "--json", "b.opsh")
    #expect(result.code == 2)
    let finding = try JSON.parse(String(result.output.split(separator: "\n")[0]))
    #expect(finding["file"] == "b.opsh")
    #expect(finding["line"] == 2)
    #expect(finding["severity"] == "error")
  }

  @Test func `save writes a new file and never over an old one`() throws {
    #expect(try binary.opsh("-c", "[{a: 1}] | as json | save \"out.json\"").code == 0)
    let path = binary.work + "/out.json"
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "[{\"a\":1}]\n")
    let again = try binary.opsh("-c", "[{a: 2}] | as json | save \"out.json\"")
    #expect(again.code == 1)
    #expect(again.messages.contains("never writes over a file"))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "[{\"a\":1}]\n")
  }

  @Test func `what comes on standard input runs as a script`() throws {
    #expect(try binary.opsh("-", input: Array("1 + 2\n".utf8)).output == "3\n")
    #expect(try binary.opsh(input: Array("1 + 2\n".utf8)).output == "3\n")
  }

  @Test func `help finds a member through the name of its object`() throws {
    let result = try binary.opsh("help", "production.rollback")
    #expect(result.code == 0)
    #expect(result.output.contains("puts an earlier deployment back"))
    let wrong = try binary.opsh("help", "deploymnt")
    #expect(wrong.code == 2)
    #expect(wrong.messages.contains("did you mean 'deployment'?"))
  }

  @Test func `a head that was noted down is an anchor`() throws {
    let run = try binary.opsh("-c", "note \"a\"")
    let words = run.messages.split(whereSeparator: \.isWhitespace).map(String.init)
    let place = try #require(words.firstIndex(of: "head"))
    let (id, head) = (words[place - 1], words[place + 1])
    let good = try binary.opsh("transcript", "verify", id, "--head", head.uppercased())
    #expect(good.code == 0)
    #expect(good.output.contains("anchored: your note has the head \(head)"))
    let other = String(repeating: "0", count: 64)
    let bad = try binary.opsh("transcript", "verify", id, "--head", other)
    #expect(bad.code == 8)
    #expect(bad.output == "")
    #expect(bad.messages.contains("the journal of \(id) does not match its anchor: your note has"))
    let short = try binary.opsh("transcript", "verify", id, "--head", "abc")
    #expect(short.code == 2)
    #expect(short.messages.contains("--head must be the 64 hexadecimal digits"))
    let alone = try binary.opsh("transcript", id, "--head", head)
    #expect(alone.code == 2)
    #expect(alone.messages.contains("opsh transcript verify \(id) --head \(head)"))
  }
}
