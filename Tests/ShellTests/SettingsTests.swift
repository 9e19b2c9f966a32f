import Foundation
import Testing

/// Where secrets may go: the stack file, which others write, can not say; the user's settings can.
@Suite struct SettingsTests {
  let binary: BuiltBinary

  init() throws {
    binary = try BuiltBinary()
  }

  private let secrets = ["VERCEL_TOKEN": "vercel-token-1", "SENTRY_AUTH_TOKEN": "sentry-token-1"]

  /// A stack whose hosting is on loopback, and whose error tracker is somewhere else.
  private func stack(_ hosting: Int, errors: String) throws -> String {
    try binary.write(
      """
      opsh 1

      stack "own" {
        hosting: vercel(project: "p", token: secret("VERCEL_TOKEN"), url: "http://127.0.0.1:\(hosting)")
        errors: sentry(organization: "o", project: "p", token: secret("SENTRY_AUTH_TOKEN"), url: "\(errors)")

        environment production { url: "http://127.0.0.1:\(hosting)" }
      }
      """,
      to: "stack.opsh"
    )
    let refused = try binary.opsh("trust")
    let hash = try #require(refused.messages.split(whereSeparator: \.isWhitespace).last)
    return String(hash)
  }

  private var path: String { binary.root + "/config/opsh/settings.opsh" }

  private func settings(_ text: String, mode: Int = 0o600) throws {
    let folder = (path as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  private func look(_ hash: String, _ words: String...) throws -> BuiltBinary.Result {
    let line = ["-c", "production.live", "--trust", hash, "--timeout", "1s"] + words
    return try binary.program("opsh", line, with: secrets)
  }

  @Test func `a foreign host is refused with the line to write, and nobody is contacted`() throws {
    let listener = try Listener()
    let hash = try stack(listener.port, errors: "https://sentry.inside.example:8443")
    let result = try look(hash)
    #expect(result.code == 2)
    #expect(
      result.messages.contains(
        "sentry shall be reached at sentry.inside.example:8443, but its secrets are bound to sentry.io; nothing was contacted"
      ),
      "\(result.messages)"
    )
    #expect(
      result.messages.contains(
        """
          if sentry.inside.example:8443 may have the secret of sentry, write in \(path):
            {allow_url: {sentry: ["sentry.inside.example:8443"]}}
        """
      ),
      "\(result.messages)"
    )
    #expect(listener.connections() == 0)
  }

  @Test func `the line that it says is the line that lets it through`() throws {
    let listener = try Listener()
    let hash = try stack(listener.port, errors: "https://sentry.inside.example:8443")
    let line = try #require(
      try look(hash).messages.split(separator: "\n").first { $0.contains("{allow_url:") }
    )
    try settings("# ours\nopsh 1\n\(line.trimmingPrefix { $0 == " " })\n")
    let result = try look(hash)
    #expect(!result.messages.contains("bound to"), "\(result.messages)")
    #expect(listener.connections() > 0)
    let ignored = try look(hash, "--no-config")
    #expect(ignored.code == 2)
    #expect(ignored.messages.contains("bound to sentry.io"))
  }

  @Test(arguments: [
    "{allow_url: {sentry: [\"sentry.inside.example\"]}}",
    "{allow_url: {vercel: [\"sentry.inside.example:8443\"]}}",
    "{allow_url: {sentry: [\"inside.example:8443\"]}}", "{allow_url: {}}", "{}", "",
  ])
  func `only that host, with that port, and for that vendor is allowed`(_ text: String) throws {
    let listener = try Listener()
    let hash = try stack(listener.port, errors: "https://sentry.inside.example:8443")
    try settings(text)
    let result = try look(hash)
    #expect(result.code == 2)
    #expect(result.messages.contains("bound to sentry.io"), "\(result.messages)")
    #expect(listener.connections() == 0)
  }

  @Test func `trusting says what the settings would have to say`() throws {
    _ = try stack(1, errors: "https://sentry.inside.example")
    let refused = try binary.opsh("trust")
    #expect(
      refused.messages.contains(
        "  not before \(path) says:\n    {allow_url: {sentry: [\"sentry.inside.example\"]}}\n"
      ),
      "\(refused.messages)"
    )
  }

  @Test(arguments: [0o644, 0o620, 0o604])
  func `settings that others may read or write are not used`(_ mode: Int) throws {
    let listener = try Listener()
    let hash = try stack(listener.port, errors: "http://127.0.0.1:1")
    try settings("{allow_url: {}}", mode: mode)
    let result = try look(hash)
    #expect(result.code == 2)
    #expect(
      result.messages.contains(
        "others may read or write the settings \(path): they are not used\n"
          + "  look at them, then: chmod 600 \(path)\n"
      ),
      "\(result.messages)"
    )
    #expect(listener.connections() == 0)
  }

  @Test(arguments: [
    (
      "{allow_urls: {}}", "1:2: error: the settings have no 'allow_urls'",
      "did you mean 'allow_url'?"
    ),
    (
      "{allow_url: {vercle: [\"a.example\"]}}",
      "1:14: error: opsh knows no vendor with an address called 'vercle'", "did you mean 'vercel'?"
    ),
    ("{allow_url: {vercel: \"a.example\"}}", "1:22: error: the hosts of vercel are a list", ""),
    (
      "{allow_url: {vercel: [\"https://a.example/\"]}}",
      "1:23: error: this must be a host such as \"vercel.example.com\"", ""
    ),
    ("{allow_url: {vercel: [\"*\"]}}", "1:23: error: this must be a host", ""),
    ("{allow_url: [\"a.example\"]}", "1:13: error: 'allow_url' is a record of hosts by vendor", ""),
    ("{allow_url: {}, allow_url: {}}", "1:17: error: 'allow_url' stands here twice", ""),
    ("allow_url", "1:1: error: the settings are one record", ""),
    ("{}\n{}", "2:1: error: the settings are one record", ""),
    ("stack \"x\" {}", "1:1: error: the settings are one record", ""),
    ("{allow_url: production}", "1:13: error: a stack file holds only literals", ""),
    ("{allow_url: {vercel: [", "1:", ""),
  ])
  func `broken settings are shown at their place, and nobody is contacted`(
    _ text: String,
    _ words: String,
    _ fix: String
  ) throws {
    let listener = try Listener()
    let hash = try stack(listener.port, errors: "http://127.0.0.1:1")
    try settings(text)
    let result = try look(hash)
    #expect(result.code == 2)
    #expect(result.messages.contains("settings.opsh:" + words), "\(result.messages)")
    #expect(result.messages.contains(fix) || fix.isEmpty, "\(result.messages)")
    #expect(result.messages.contains("settings.opsh have errors; nothing was contacted"))
    #expect(listener.connections() == 0)
    let checked = try binary.opsh("check", path)
    #expect(checked.code == 2)
    #expect(checked.messages.contains("settings.opsh:" + words), "\(checked.messages)")
  }

  @Test func `settings are not looked at for what needs no stack`() throws {
    try settings("{", mode: 0o644)
    #expect(try binary.opsh("-c", "1").output == "1\n")
  }

  @Test func `settings that are no file are no settings`() throws {
    let listener = try Listener()
    let hash = try stack(listener.port, errors: "http://127.0.0.1:1")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let result = try look(hash)
    #expect(result.code == 2)
    #expect(result.messages.contains("the settings \(path) are no file"), "\(result.messages)")
  }
}
