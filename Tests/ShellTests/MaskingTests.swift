import Foundation
import PseudoTerminalSupport
import Testing

/// A secret that is set never shows, wherever it comes from: its name stands in its place.
@Suite struct MaskingTests {
  @Test(.timeLimit(.minutes(5)))
  func `a secret shows nowhere, also where opsh never needed it`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 12)
    let secret = try String(contentsOfFile: world.folder + "/secrets/VERCEL_TOKEN", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try #require(secret.count > 20)
    try masksPrograms(world, secret)
    try masksRows(world, secret)
    try refusesFiles(world, secret)
    try masksPrompt(world, secret)
    for place in ["runs", "history", "approvals", "locks"] {
      let found = try world.binary.program(
        "/usr/bin/grep",
        ["-rlF", secret, world.binary.root + "/state/opsh/" + place]
      )
      #expect(found.output == "", "\(place): \(found.output)")
    }
  }

  private func holds(_ result: BuiltBinary.Result, _ secret: String, _ name: String) {
    let all = result.output + result.messages
    #expect(all.replacing("\\_", with: "_").contains("‹\(name)›"), "\(all)")
    #expect(!all.contains(secret) && !all.contains(secret.suffix(12)), "\(all)")
    #expect(!all.contains(secret.prefix(12)), "\(all)")
  }

  /// Programs print it, fail with it, and it stands where their words are cut.
  private func masksPrograms(_ world: SandboxWorld, _ secret: String) throws {
    let prints = """
      let r = do run cat secrets/VERCEL_TOKEN
      r.text
      """
    let printed = try world.approved("-c", prints)
    #expect(printed.code == 0, "\(printed.messages)")
    #expect(printed.output.contains("‹VERCEL_TOKEN›"))
    holds(printed, secret, "VERCEL_TOKEN")
    #expect(try world.transcript().contains("‹VERCEL_TOKEN›"))
    let fails = """
      do run(with: {T: secret("VERCEL_TOKEN")}) sh -c 'echo "no: $T" >&2; exit 3'
      """
    let failed = try world.approved("-c", fails)
    #expect(failed.code == 1)
    #expect(failed.messages.contains("sh ended with exit code 3"))
    #expect(failed.messages.contains("no: ‹VERCEL_TOKEN›"))
    holds(failed, secret, "VERCEL_TOKEN")
    #expect(try world.transcript().contains("sh ended with exit code 3"))
    // The last 2000 bytes begin in the middle of the secret.
    let cut = """
      do run(with: {T: secret("VERCEL_TOKEN")}) sh -c 'printf %s "$T" >&2; printf %1980s "" >&2; exit 3'
      """
    let long = try world.approved("-c", cut)
    #expect(long.code == 1)
    #expect(!long.messages.contains(secret.suffix(12)), "\(long.messages)")
  }

  /// Rows hold it, the server complains of it, an expectation fails with it.
  private func masksRows(_ world: SandboxWorld, _ secret: String) throws {
    _ = try world.psql("create table leaked as select '\(secret)'::text as x")
    let rows = "production.database.query(sql\"select x from leaked\")"
    holds(try world.opsh("-c", rows), secret, "VERCEL_TOKEN")
    for format in ["json", "csv", "table", "markdown"] {
      holds(try world.opsh("-c", rows, "--output", format), secret, "VERCEL_TOKEN")
    }
    let error = try world.opsh("-c", "production.database.query(sql\"select x::int from leaked\")")
    #expect(error.code == 1)
    #expect(error.messages.contains("invalid input syntax"))
    holds(error, secret, "VERCEL_TOKEN")
    let long = "production.database.query(sql\"select repeat('a ', 29) || x as y from leaked\")"
    let expected = try world.opsh("-c", "expect (\(long) | only).y is \"a\"")
    #expect(expected.code == 3)
    #expect(!expected.messages.contains(secret.prefix(12)), "\(expected.messages)")
  }

  private func refusesFiles(_ world: SandboxWorld, _ secret: String) throws {
    let many = """
      production.database.query(sql"select repeat('a', 65000) as filler, x from leaked, generate_series(1, 3)")
      """
    for code in [
      "production.database.query(sql\"select x from leaked\") | as json | save \"out\"",
      "production.database.query(sql\"select x from leaked\") | save \"out\"",
      many + " | save \"out.csv\"", many + " | save \"out.json\"",
    ] {
      let saved = try world.opsh("-c", code)
      #expect(saved.code == 1, "\(saved.messages)")
      #expect(saved.messages.contains("holds the secret ‹VERCEL_TOKEN›; nothing was saved"))
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: world.folder)
    #expect(!files.contains { $0.hasPrefix("out") }, "\(files)")
  }

  /// Typed at the prompt by mistake it is refused in a text, and is in no history.
  private func masksPrompt(_ world: SandboxWorld, _ secret: String) throws {
    let terminal = try world.terminal()
    try terminal.expect("opsh>")
    terminal.type("\"\(secret)\"\r")
    try terminal.expect("this text contains the secret 'VERCEL_TOKEN'")
    try terminal.expect("opsh>")
    terminal.type("do run cat secrets/VERCEL_TOKEN\r")
    try terminal.expect("type production to do this: ")
    terminal.type("production\r")
    let shown = try terminal.expect("‹VERCEL_TOKEN›")
    #expect(!shown.contains(secret))
    try terminal.expect("opsh>")
    terminal.type("exit\r")
    #expect(try terminal.end() == 0)
    let history = try String(
      contentsOfFile: world.binary.root + "/state/opsh/history",
      encoding: .utf8
    )
    #expect(history.contains("‹VERCEL_TOKEN›"), "\(history)")
  }
}
