import Foundation
import Glibc
import Processes
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(6)))
struct ChildProcessTests {
  /// A script for `sh`, where a test needs a child that does several things.
  private func sh(_ script: String, _ arguments: String...) -> Invocation {
    Invocation("/bin/sh", ["-c", script, "sh"] + arguments)
  }

  @Test func `output, error output and code are kept apart`() throws {
    let done = try ChildProcess.run(sh("echo out; echo err >&2; exit 3"))
    #expect(done.text == "out\n")
    #expect(done.errorText == "err\n")
    #expect(done.exit == .code(3))
    #expect(done.cause == .itself)
    #expect(!done.isSuccess && !done.wasCutOff && !done.wasLeftOpen)
  }

  @Test func `arguments reach the program as they are`() throws {
    let odd = ["", " ", "a b", "$HOME", "*", "'", "\"", "\\", "\n", "é\u{1F980}", "-n", ";rm"]
    let done = try ChildProcess.run(Invocation("printf", ["[%s]"] + odd))
    #expect(done.text == odd.map { "[\($0)]" }.joined())
  }

  @Test func `input of any size and content arrives`() throws {
    let input = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let done = try ChildProcess.run(Invocation("cat", input: input))
    #expect(done.output == input)
  }

  @Test func `without input the program reads nothing`() throws {
    #expect(try ChildProcess.run(Invocation("cat")).output.isEmpty)
    #expect(try ChildProcess.run(Invocation("cat", input: [])).output.isEmpty)
  }

  @Test func `a program that does not read its input is no failure`() throws {
    let input = [UInt8](repeating: 65, count: 1_000_000)
    #expect(try ChildProcess.run(Invocation("true", input: input)).isSuccess)
  }

  @Test func `only the documented variables are inherited`() throws {
    unsafe setenv("OPSH_TEST_SECRET", "do not pass on", 1)
    unsafe setenv("LC_TIME", "C", 1)
    let done = try ChildProcess.run(Invocation("env", environment: ["GIVEN": "a=b\nc"]))
    #expect(!done.text.contains("OPSH_TEST_SECRET"))
    #expect(done.text.contains("GIVEN=a=b\nc\n"))
    #expect(done.text.contains("LC_TIME=C\n"))
    #expect(done.text.contains("PATH="))
    let allowed = Set(InheritedEnvironment.current().keys).union(["GIVEN"])
    let names = done.text.split(separator: "\n").compactMap { $0.split(separator: "=").first }
    #expect(Set(names.map(String.init)).subtracting(allowed) == ["c"])
  }

  @Test func `a given variable replaces an inherited one`() throws {
    let done = try ChildProcess.run(Invocation("/usr/bin/env", environment: ["PATH": "/nowhere"]))
    #expect(done.text.contains("PATH=/nowhere\n"))
  }

  @Test func `the working directory is the one that was asked for`() throws {
    let done = try ChildProcess.run(Invocation("pwd", directory: "/usr"))
    #expect(done.text == "/usr\n")
  }

  @Test func `more output than the limit is read, dropped and reported`() throws {
    var invocation = sh("head -c 300000 /dev/zero; echo done >&2")
    invocation.outputLimit = 1_000
    let done = try ChildProcess.run(invocation)
    #expect(done.output.count == 1_000)
    #expect(done.wasCutOff)
    #expect(done.errorText == "done\n")
    #expect(done.exit == .code(0))
  }

  @Test func `the hook sees every chunk, also what is not kept`() throws {
    var invocation = sh("head -c 300000 /dev/zero; echo e >&2")
    invocation.outputLimit = 0
    var seen: [ChildProcess.Stream: Int] = [:]
    _ = try ChildProcess.run(invocation, onOutput: { seen[$0, default: 0] += $1.count })
    #expect(seen == [.output: 300_000, .errorOutput: 2])
  }

  @Test func `a signal that kills the program is reported as one`() throws {
    let done = try ChildProcess.run(sh("kill -KILL $$"))
    #expect(done.exit == .signal(9))
    #expect(done.cause == .itself)
  }

  @Test func `the program starts with no signal ignored or blocked`() throws {
    let done = try ChildProcess.run(
      Invocation("grep", ["-E", "Sig(Blk|Ign)", "/proc/self/status"])
    )
    #expect(done.text == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n")
  }

  @Test func `no descriptor but the three is inherited`() throws {
    let leak = unsafe open("/dev/null", O_RDONLY)
    defer { close(leak) }
    let done = try ChildProcess.run(Invocation("ls", ["/proc/self/fd"]))
    // The fourth is that of the folder being listed.
    #expect(done.text == "0\n1\n2\n3\n")
  }

  @Test func `the hook at the start names the process for certain`() throws {
    var started: ProcessIdentity?
    let done = try ChildProcess.run(sh("echo $$"), onStart: { started = $0 })
    let identity = try #require(started)
    #expect(done.text == "\(identity.pid)\n")
    #expect(identity.startTime > 0)
    #expect(!identity.isAlive)
  }
}

@Suite(.timeLimit(.minutes(6)))
struct ChildProcessEndingTests {
  private func sh(_ script: String) -> Invocation { Invocation("/bin/sh", ["-c", script]) }

  @Test func `a timeout ends the program and says so`() throws {
    var invocation = Invocation("sleep", ["60"])
    invocation.timeout = .milliseconds(50)
    let done = try ChildProcess.run(invocation)
    #expect(done.cause == .timeout)
    #expect(done.exit == .signal(Int(SIGTERM)))
    #expect(done.duration < .seconds(5))
    #expect(!done.isSuccess)
  }

  @Test func `a program that ignores the request to end is killed after the grace`() throws {
    var invocation = sh("trap '' TERM; echo ready; while :; do sleep 1; done")
    invocation.grace = .milliseconds(100)
    let giveUp = GivingUp()
    let done = try ChildProcess.run(
      invocation,
      cancelOn: giveUp.descriptor,
      onOutput: { _, _ in giveUp.giveUp() }
    )
    #expect(done.exit == .signal(Int(SIGKILL)))
    #expect(done.cause == .cancelled)
    #expect(done.duration >= .milliseconds(100))
  }

  @Test func `a program may end in its own way when it is told to`() throws {
    let giveUp = GivingUp()
    let done = try ChildProcess.run(
      sh("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.01; done"),
      cancelOn: giveUp.descriptor,
      onOutput: { _, _ in giveUp.giveUp() }
    )
    #expect(done.exit == .code(7))
    #expect(done.text == "ready\nbye\n")
    #expect(done.cause == .cancelled)
  }

  @Test func `the whole group ends, not only its first process`() throws {
    let giveUp = GivingUp()
    let text = Mutex("")
    let done = try ChildProcess.run(
      sh("(trap '' TERM; sleep 60 & echo $!; wait; sleep 60) & wait"),
      cancelOn: giveUp.descriptor,
      onOutput: { _, chunk in
        text.withLock { $0 += String(decoding: chunk, as: UTF8.self) }
        giveUp.giveUp()
      }
    )
    #expect(done.cause == .cancelled)
    let pid = try #require(text.withLock { Int32($0.trimmingCharacters(in: .newlines)) })
    // It closes its end of the pipe a moment before it is gone.
    #expect(ProcessIdentity(pid: pid)?.waitForEnd(for: .seconds(10)) != false)
  }

  @Test func `a caller that had given up before starts nothing`() throws {
    let giveUp = GivingUp()
    giveUp.giveUp()
    #expect(throws: ProcessError.cancelledBeforeStart(program: "true")) {
      try ChildProcess.run(Invocation("true"), cancelOn: giveUp.descriptor)
    }
  }

  @Test func `a process left behind does not hold up the result`() throws {
    var left: Int32?
    let done = try ChildProcess.run(
      sh("sleep 60 & echo $!"),
      onOutput: { left = Int32(String(decoding: $1, as: UTF8.self).dropLast()) }
    )
    #expect(done.wasLeftOpen)
    #expect(done.exit == .code(0))
    #expect(done.duration < .seconds(30))
    try ProcessIdentity(pid: #require(left))?.send(signal: SIGKILL)
  }

  @Test func `endless output does not hold off the timeout`() throws {
    var invocation = Invocation("yes")
    invocation.timeout = .milliseconds(50)
    invocation.outputLimit = 10
    let done = try ChildProcess.run(invocation)
    #expect(done.cause == .timeout)
    #expect(done.text == "y\ny\ny\ny\ny\n")
  }

  @Test func `many children at once do not disturb each other`() {
    let wrong = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 40) { number in
      let done = try? ChildProcess.run(Invocation("cat", input: Array("\(number)".utf8)))
      if done?.text != "\(number)" { wrong.withLock { $0 += 1 } }
    }
    #expect(wrong.withLock { $0 } == 0)
  }
}

/// A descriptor that becomes readable when a test gives up.
final class GivingUp: Sendable {
  let descriptor: Int32
  private let end: Int32

  init() {
    var ends: [Int32] = [0, 0]
    _ = unsafe pipe(&ends)
    (descriptor, end) = (ends[0], ends[1])
  }

  func giveUp() {
    _ = unsafe write(end, [1], 1)
  }

  deinit {
    close(descriptor)
    close(end)
  }
}
