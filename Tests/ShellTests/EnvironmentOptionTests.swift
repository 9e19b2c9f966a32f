import Foundation
import Testing

/// `--env NAME` is for reads: it means something, or it is refused.
@Suite struct EnvironmentOptionTests {
  let binary: BuiltBinary

  init() throws {
    binary = try BuiltBinary()
    try binary.write(
      """
      stack "two" {
        environment production { url: "http://127.0.0.1:1" }
        environment staging {
          protected: false
          url: "http://127.0.0.1:2"
        }
      }
      """,
      to: "stack.opsh"
    )
    try binary.write("env.url\n", to: "script.opsh")
    try binary.write(
      "runbook \"Look\"\nparam env: environment\nstep \"Look\" {\n  env.url\n}\n",
      to: "look.opsh"
    )
    try binary.write(
      "runbook \"Act\"\nparam where: environment\nstep \"Act\" {\n  do where.pause()\n}\n",
      to: "act.opsh"
    )
    try binary.write(
      "runbook \"None\"\nparam n: int = 1\nstep \"Say\" {\n  n\n}\n",
      to: "none.opsh"
    )
    let refused = try binary.opsh("trust")
    let hash = try #require(refused.messages.split(whereSeparator: \.isWhitespace).last)
    try #require(try binary.opsh("trust", String(hash)).code == 0)
  }

  @Test(arguments: [
    (["-c", "env.url"], "http://127.0.0.1:2\n"), (["script.opsh"], "http://127.0.0.1:2\n"),
    (["-c", "let there = env\nthere.name"], "staging\n"),
    (["-c", "func f(env: environment): text { return env.name }\nf(env)"], "staging\n"),
    (["look.opsh"], "http://127.0.0.1:2\n"),
  ])
  func `it is what reads are about`(_ words: [String], _ output: String) throws {
    let result = try binary.program("opsh", words + ["--env", "staging"])
    #expect(result.output == output, "\(result.messages)")
    #expect(result.code == 0)
  }

  @Test(arguments: [
    ["plan", "script.opsh"], ["plan", "look.opsh"], ["check", "script.opsh"],
    ["check", "look.opsh"],
  ])
  func `plan and check know it too`(_ words: [String]) throws {
    let result = try binary.program("opsh", words + ["--env", "staging"])
    #expect(result.code == 0, "\(result.messages)")
  }

  @Test func `status and doctor look at that environment alone`() throws {
    let status = try binary.opsh("status", "--env", "staging", "--output", "json")
    #expect(status.output.contains("staging"))
    #expect(!status.output.contains("production"))
    let doctor = try binary.opsh("doctor", "--env", "staging")
    #expect(doctor.output.contains("staging: not protected"))
    #expect(!doctor.output.contains("production: "))
  }

  @Test(arguments: [
    ["status"], ["doctor"], ["-c", "env.url"], ["script.opsh"], ["look.opsh"], ["act.opsh"],
    ["plan", "look.opsh"], ["check", "script.opsh"], ["status", "stagin"],
  ])
  func `a misspelt environment gets a suggestion and nothing runs`(_ words: [String]) throws {
    let option = words == ["status", "stagin"] ? [] : ["--env", "stagin"]
    let result = try binary.program("opsh", words + option)
    #expect(result.code == 2)
    #expect(
      result.messages.contains(
        "opsh: the stack has no environment 'stagin'\n  did you mean 'staging'?\n"
      ),
      "\(result.messages)"
    )
    #expect(!result.output.contains("127.0.0.1"))
  }

  @Test(arguments: [
    (["-c", "production.url"], "nothing in -c reads it"),
    (["-c", "{env: 1}"], "nothing in -c reads it"),
    (["-c", "do env.pause()"], "--env is for reads, but -c changes something"),
    (["act.opsh"], "give it by name: where=staging"),
    (["plan", "act.opsh"], "--env is for reads, but act.opsh changes something"),
    (["check", "act.opsh"], "--env is for reads, but act.opsh changes something"),
    (["none.opsh"], "none.opsh asks for no environment"),
    (["look.opsh", "env=production"], "the environment is given twice"),
    (["status", "production"], "two environments are given: production, and --env staging"),
    (["check", "stack.opsh"], "is about no environment in particular"),
    (["runs"], "this command reads no environment"),
    (["fmt", "script.opsh"], "this command reads no environment"),
    (["trust"], "this command reads no environment"),
    (["help"], "this command reads no environment"),
    (["transcript", "x"], "this command reads no environment"),
  ])
  func `where it means nothing it is refused`(_ words: [String], _ message: String) throws {
    let result = try binary.program("opsh", words + ["--env", "staging"])
    #expect(result.code == 2)
    #expect(result.messages.contains(message), "\(result.messages)")
    #expect(result.output == "")
  }

  @Test func `without a stack there is no environment to name`() throws {
    let folder = binary.root + "/elsewhere"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let result = try binary.program("opsh", ["-c", "1", "--env", "staging"], in: folder)
    #expect(result.code == 2)
    #expect(result.messages.contains("there is no stack.opsh"))
  }

  @Test func `the line that approves has it too`() throws {
    let result = try binary.opsh("-c", "env.name\nconfirm \"sure?\"", "--env", "staging")
    #expect(result.code == 4)
    #expect(!result.messages.contains("--approve") || result.messages.contains("--env staging"))
  }
}
