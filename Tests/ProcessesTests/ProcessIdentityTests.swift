import Foundation
import Glibc
import Processes
import Testing

@Suite(.timeLimit(.minutes(6)))
struct ProcessIdentityTests {
  private let log = NSTemporaryDirectory() + "opsh-\(UUID()).log"

  private func start(_ program: String, _ arguments: [String]) throws -> ProcessIdentity {
    try ChildProcess.startDetached(Invocation(program, arguments), log: log)
  }

  private func removeLog() { try? FileManager.default.removeItem(atPath: log) }

  @Test func `a detached program leads a session of its own and writes to its log`() throws {
    defer { removeLog() }
    let started = try start("sh", ["-c", "cut -d' ' -f1,6 /proc/$$/stat; echo e >&2"])
    #expect(started.waitForEnd(for: .seconds(30)))
    let text = try String(contentsOfFile: log, encoding: .utf8)
    #expect(text == "\(started.pid) \(started.pid)\ne\n")
    let mode = try FileManager.default.attributesOfItem(atPath: log)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func `it lives until it is told to end`() throws {
    defer { removeLog() }
    let started = try start("sleep", ["60"])
    #expect(started.isAlive)
    #expect(!started.waitForEnd(for: .milliseconds(1)))
    try started.terminate(grace: .seconds(30))
    #expect(!started.isAlive)
    let left = waitpid(started.pid, nil, WNOHANG)
    #expect(left == -1, "it stays as a zombie")
  }

  @Test func `one that does not listen is killed after the grace`() throws {
    defer { removeLog() }
    let started = try start("sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"])
    while try ChildProcess.run(Invocation("cat", [log])).output.isEmpty {}
    try started.terminate(grace: .milliseconds(20))
    #expect(!started.isAlive)
  }

  @Test func `a signal never reaches a process that has taken over the number`() throws {
    defer { removeLog() }
    let started = try start("sleep", ["60"])
    let earlier = ProcessIdentity(pid: started.pid, startTime: started.startTime - 1)
    #expect(!earlier.isAlive)
    #expect(throws: ProcessError.processIsGone(pid: started.pid)) {
      try earlier.send(signal: SIGKILL)
    }
    #expect(started.isAlive)
    try started.terminate(grace: .seconds(30))
    #expect(throws: ProcessError.processIsGone(pid: started.pid)) {
      try started.send(signal: SIGKILL)
    }
  }

  @Test func `no number means no process`() {
    #expect(ProcessIdentity(pid: 0) == nil)
    #expect(ProcessIdentity(pid: -1) == nil)
    #expect(ProcessIdentity(pid: getpid())?.isAlive == true)
  }

  @Test func `a log that can not be opened is an error that names it`() {
    #expect(throws: ProcessError.self) {
      try ChildProcess.startDetached(Invocation("true"), log: "/no/such/folder/log")
    }
  }
}
