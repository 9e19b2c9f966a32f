import Foundation
import Processes
import Testing
import Values

/// What a stack file may do before somebody trusted its content: nothing.
@Suite struct TrustTests {
  let binary: BuiltBinary

  init() throws {
    binary = try BuiltBinary()
  }

  private func stack(_ port: Int) -> String {
    """
    opsh 1

    stack "trap" {
      hosting: vercel(project: "p", token: secret("VERCEL_TOKEN"), url: "http://127.0.0.1:\(port)")
      errors: sentry(organization: "o", project: "p", token: secret("SENTRY_AUTH_TOKEN"), url: "http://127.0.0.1:\(port)")

      environment production { url: "http://127.0.0.1:\(port)" }
    }
    """
  }

  private let secrets = ["VERCEL_TOKEN": "vercel-token-1", "SENTRY_AUTH_TOKEN": "sentry-token-1"]

  @Test(arguments: [
    ["status"], ["check", "stack.opsh"], ["doctor"], ["-c", "production.live"],
    ["-c", "production.health"], ["plan", "-c", "production.live"],
    ["plan", "book.opsh", "env=production"],
    ["book.opsh", "env=production"], ["-c", "stack.status"],
  ])
  func `an untrusted stack file has nothing contacted`(_ arguments: [String]) throws {
    let listener = try Listener()
    try binary.write(stack(listener.port), to: "stack.opsh")
    try binary.write(
      "opsh 1\nrunbook \"Look\"\nparam env: environment\nstep \"Look\" { env.health }\n",
      to: "book.opsh"
    )
    let result = try binary.program("opsh", arguments, with: secrets)
    if arguments.first != "check" {
      #expect(result.code == 2)
      #expect((result.messages + result.output).contains("trust"))
    }
    #expect(listener.connections() == 0)
  }

  @Test func `trusting asks, and a hash stands for the answer where nobody can give one`() throws {
    let listener = try Listener()
    try binary.write(stack(listener.port), to: "stack.opsh")
    let refused = try binary.opsh("trust")
    #expect(refused.code == 4)
    #expect(refused.messages.contains("vercel: 127.0.0.1:\(listener.port)"))
    #expect(refused.messages.contains("VERCEL_TOKEN"))
    let hash = try #require(refused.messages.split(whereSeparator: \.isWhitespace).last)
    #expect(
      try binary.opsh("trust", (hash.hasPrefix("0") ? "1" : "0") + hash.dropFirst()).code == 4
    )
    #expect(try binary.opsh("trust", String(hash)).code == 0)
    let attributes = try FileManager.default.attributesOfItem(
      atPath: binary.root + "/config/opsh/trusted"
    )
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(listener.connections() == 0)
    // Trusted now, so it is contacted; one letter changed, and it is not.
    _ = try binary.opsh("-c", "production.live", "--timeout", "1s", with: secrets)
    #expect(listener.connections() > 0)
    let before = listener.connections()
    try binary.write(stack(listener.port) + "\n", to: "stack.opsh")
    #expect(try binary.opsh("-c", "production.live", with: secrets).code == 2)
    #expect(listener.connections() == before)
  }

  @Test func `a missing secret is named with where it was looked for`() throws {
    let listener = try Listener()
    try binary.write(stack(listener.port), to: "stack.opsh")
    let refused = try binary.opsh("trust")
    let hash = try #require(refused.messages.split(whereSeparator: \.isWhitespace).last)
    let result = try binary.opsh("-c", "production.live", "--trust", String(hash))
    #expect(result.code == 2)
    #expect(result.messages.contains("VERCEL_TOKEN is not set"))
    #expect(result.messages.contains("environment variable VERCEL_TOKEN"))
    #expect(listener.connections() == 0)
  }

  @Test func `a secret that is missing elsewhere keeps nobody from production`() throws {
    let listener = try Listener()
    let two = stack(listener.port).replacing(
      "  environment production",
      with: """
          environment staging { database: postgres(url: secret("STAGING_DATABASE")) }
          environment production
        """
    )
    try binary.write(two, to: "stack.opsh")
    let refused = try binary.opsh("trust")
    let hash = String(try #require(refused.messages.split(whereSeparator: \.isWhitespace).last))
    func run(_ code: String) throws -> BuiltBinary.Result {
      try binary.opsh("-c", code, "--trust", hash, "--timeout", "1s", with: secrets)
    }
    let production = try run("production.live")
    #expect(production.code == 5, "\(production.messages)")
    #expect(listener.connections() > 0)
    for code in ["staging.database.version", "stack.status", "production.name; staging.name"] {
      let other = try run(code)
      #expect(other.code == 2, "\(code): \(other.messages)")
      #expect(other.messages.contains("STAGING_DATABASE is not set"), "\(other.messages)")
    }
    try binary.write(
      "opsh 1\nrunbook \"Look\"\nparam env: environment\nstep \"Look\" { env.name }\n",
      to: "look.opsh"
    )
    for (name, code) in [("production", 0), ("staging", 2)] {
      let result = try binary.opsh("look.opsh", "env=\(name)", "--trust", hash, with: secrets)
      #expect(result.code == code, "\(name): \(result.messages)")
    }
  }

  @Test func `a secret goes to its vendor's host or to loopback, nowhere else`() throws {
    try binary.write(
      stack(1).replacing("http://127.0.0.1:1", with: "https://collector.example"),
      to: "stack.opsh"
    )
    let refused = try binary.opsh("trust")
    let hash = try #require(refused.messages.split(whereSeparator: \.isWhitespace).last)
    let result = try binary.opsh("-c", "production.live", "--trust", String(hash), with: secrets)
    #expect(result.code == 2)
    #expect(result.messages.contains("bound to api.vercel.com"))
  }
}
