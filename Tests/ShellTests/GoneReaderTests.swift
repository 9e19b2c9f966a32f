import Testing

/// `opsh … | head`: a reader that has enough is no error.
@Suite struct GoneReaderTests {
  /// Puts the program before a pipe; what it writes to standard error and its exit code come out of
  /// the other side.
  private func piped(_ words: String, into reader: String, _ binary: BuiltBinary) throws
    -> BuiltBinary.Result
  {
    let line = "{ \"$0\" \(words); echo \"code $?\" >&2; } | \(reader)"
    return try binary.program("/bin/sh", ["-c", line, BuiltBinary.folder + "/opsh"])
  }

  @Test(.timeLimit(.minutes(2)))
  func `who reads no further ends it without a word`() throws {
    let binary = try BuiltBinary()
    try binary.write(
      """
      opsh 1
      runbook "Rows"
      step "All" { 1..200_000 | each {n: it, text: "a row"} }

      """,
      to: "rows.opsh"
    )
    try binary.write("1..200_000 | each it\n", to: "plain.opsh")
    for words in ["-c '1..200_000'", "rows.opsh", "plain.opsh", "--output csv rows.opsh"] {
      let result = try piped(words, into: "head -n 2", binary)
      #expect(result.code == 0)
      #expect(result.output.split(separator: "\n").count == 2, "\(words): \(result.output)")
      #expect(result.messages.split(separator: "\n").last == "code 141", "\(result.messages)")
      #expect(!result.messages.contains("nobody reads"), "\(words): \(result.messages)")
      #expect(!result.messages.contains("error"), "\(words): \(result.messages)")
    }
    // What else goes wrong is still said.
    let failed = try piped("-c '1..10 | each 1 / 0'", into: "cat", binary)
    #expect(failed.messages.contains("error") && failed.messages.hasSuffix("code 1\n"))
  }
}
