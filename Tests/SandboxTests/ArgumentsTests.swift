import Foundation
import Testing

@testable import Sandbox

@Suite struct ArgumentsTests {
  private func complaint(_ words: String) -> String? {
    do throws(UsageError) {
      _ = try SandboxArguments(words.split(separator: " ").map(String.init))
      return nil
    } catch {
      return error.message
    }
  }

  @Test func `what is typed is understood`() throws {
    func parse(_ words: String) throws -> SandboxArguments {
      try SandboxArguments(words.split(separator: " ").map(String.init))
    }
    #expect(try parse("up").verb == .up(.badMigration, seed: 1))
    #expect(try parse("up --scenario quiet --seed=9 --name x").verb == .up(.quiet, seed: 9))
    #expect(try parse("up --name x").name == "x")
    #expect(try parse("status --output json").verb == .status(json: true))
    #expect(try parse("fault vercel lost-answer").verb == .fault(.vercel, .lostAnswer, on: true))
    #expect(try parse("fault neon down off").verb == .fault(.neon, .down, on: false))
    #expect(try parse("fault neon down --clear").verb == .fault(.neon, .down, on: false))
    #expect(try parse("fault app off").verb == .fault(.app, nil, on: false))
    #expect(try parse("down --name b").name == "b")
  }

  @Test(arguments: [
    (
      "up --scenario bad-migraton",
      "there is no scenario 'bad-migraton'; did you mean 'bad-migration'?"
    ),
    ("fault vercle down", "there is no vendor 'vercle'; did you mean 'vercel'?"),
    ("fault neon dwon", "there is no fault of neon 'dwon'; did you mean 'down'?"),
    ("fault app failing-rollbak", "known: down, slow"),
    ("fault vercel", "missing: a vendor and a kind of fault"),
    ("stauts", "did you mean 'status'?"), ("", "missing: what to do"),
    ("up --sceanrio quiet", "did you mean '--scenario'?"), ("up --seed x", "is not a seed"),
    ("up --seed", "missing: a value for '--seed'"), ("down now", "unexpected argument 'now'"),
    ("status --output jsno", "did you mean 'json'?"), ("down --seed 1", "does not belong"),
    ("up --name ../x", "can not be a sandbox's name"),
  ])
  func `what is mistyped is explained`(words: String, message: String) {
    #expect(complaint(words)?.contains(message) == true)
  }

  @Test func `hashes are those of the standard`() {
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(SHA256.hexadecimal(of: Array("abc".utf8)) == abc)
    let million = [UInt8](repeating: UInt8(ascii: "a"), count: 10_000)
    let expected = "27dd1f61b867b6a0f6e9d8a41c43231de52107e53ae424de8f847b821db4b711"
    #expect(SHA256.hexadecimal(of: million) == expected)
  }

  @Test func `a line of trust comes and goes without harming the others`() throws {
    let folder = NSTemporaryDirectory() + "trust-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: folder + "/opsh",
      withIntermediateDirectories: true
    )
    let stack = folder + "/stack.opsh"
    try "opsh 1\n".write(toFile: stack, atomically: true, encoding: .utf8)
    let trusted = folder + "/opsh/trusted"
    let other = "00ff 2026-01-01T00:00:00Z /elsewhere/stack.opsh\n"
    try other.write(toFile: trusted, atomically: true, encoding: .utf8)
    let line = TrustLine(trusted: trusted, stack: stack)
    try line.add()
    try line.add()
    let lines = try String(contentsOfFile: trusted, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[1].hasPrefix(SHA256.hexadecimal(of: Array("opsh 1\n".utf8)) + " 20"))
    #expect(lines[1].hasSuffix(" " + stack))
    try line.remove()
    #expect(try String(contentsOfFile: trusted, encoding: .utf8) == other)
  }
}
