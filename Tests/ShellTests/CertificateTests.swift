import Foundation
import Processes
import Testing
import Values

/// What a person on call wants to know of a certificate, above all of one that nobody takes.
@Suite struct CertificateTests {
  private let binary: BuiltBinary

  init() throws {
    binary = try BuiltBinary()
  }

  private func openssl(_ arguments: String...) throws {
    let made = try binary.program("/usr/bin/openssl", arguments)
    try #require(made.code == 0, "\(arguments): \(made.messages)")
  }

  /// An authority of our own, and a certificate of it that holds for so many days from now.
  private func certificate(days: Int) throws {
    try openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "30",
      "-subj",
      "/CN=Small Authority",
      "-keyout",
      "authority.key",
      "-out",
      "authority.pem"
    )
    try openssl(
      "req",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost",
      "-keyout",
      "server.key",
      "-out",
      "server.csr"
    )
    try openssl(
      "x509",
      "-req",
      "-in",
      "server.csr",
      "-CA",
      "authority.pem",
      "-CAkey",
      "authority.key",
      "-CAcreateserial",
      "-copy_extensions",
      "copy",
      "-days",
      String(days),
      "-out",
      "server.pem"
    )
  }

  /// Starts a server on a free port; gives its port and what ends it.
  private func serve() throws -> (port: Int, process: ProcessIdentity) {
    let log = binary.work + "/log"
    var invocation = Invocation(
      "/usr/bin/openssl",
      [
        "s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-key", "server.key", "-www",
      ]
    )
    invocation.directory = binary.work
    let process = try ChildProcess.startDetached(invocation, log: log)
    var line: Substring?
    while line == nil, process.isAlive {
      let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      line = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .first { $0.hasPrefix("ACCEPT") }
    }
    return (try #require(line?.split(separator: ":").last.flatMap { Int($0) }), process)
  }

  @Test(.timeLimit(.minutes(5)), arguments: [20, -1])
  func `its names, its issuer and its end show, also where nobody takes it`(_ days: Int) throws {
    try certificate(days: days)
    let (port, process) = try serve()
    defer { try? process.terminate(grace: .seconds(1)) }
    try binary.write(
      """
      opsh 1

      stack "small" {
        environment production { url: "https://localhost:\(port)" }
      }

      """,
      to: "stack.opsh"
    )
    let hash = try #require(
      try binary.opsh("trust").messages.split(whereSeparator: \.isWhitespace).last
    )
    let code =
      "production.certificate; production.certificate.names | only; production.certificate.expires < now"
    let seen = try binary.opsh("-c", code, "--trust", String(hash))
    #expect(seen.code == 0, "\(seen.messages)")
    let lines = seen.output.split(separator: "\n")
    let found = try JSON.parse(String(try #require(lines.first)))
    #expect(found["subject"]?.stringValue?.contains("localhost") == true)
    #expect(found["issuer"]?.stringValue?.contains("Small Authority") == true)
    #expect(lines.dropFirst().first == "localhost")
    let problem = try #require(found["problem"]?.stringValue)
    #expect(problem.contains("certificate"), "\(problem)")
    #expect(lines.last == (days < 0 ? "true" : "false"))
    let expires = try #require(found["expires"]?.stringValue.flatMap { Time($0) })
    let away = Double(expires.microseconds - Time.now().microseconds) / 86_400e6
    #expect(abs(away - Double(days)) < 0.1)
    // What reads of the application go by is another matter: they take no such certificate.
    let health = try binary.opsh("-c", "production.health.status", "--trust", String(hash))
    #expect(health.output == "down\n", "\(health.messages)")
  }
}
