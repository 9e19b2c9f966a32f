import Foundation
import Processes
import Testing

struct ProcessErrorTests {
  private func failure(_ invocation: Invocation) -> ProcessError? {
    do throws(ProcessError) {
      _ = try ChildProcess.run(invocation)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a program that is nowhere is an error that names PATH`() {
    let error = failure(Invocation("no-such-program", environment: ["PATH": "/usr/bin:/bin"]))
    #expect(error == .programNotFound("no-such-program", path: "/usr/bin:/bin"))
    #expect(error?.message == "no program 'no-such-program' in PATH (/usr/bin:/bin)")
  }

  @Test func `relative folders in PATH are not searched`() {
    let invocation = Invocation("sh", environment: ["PATH": ":.:bin"], directory: "/")
    #expect(failure(invocation) == .programNotFound("sh", path: ":.:bin"))
  }

  @Test(arguments: ["/etc/passwd", "/etc", "/no/such/file"])
  func `what is no program is an error that names it`(_ path: String) {
    #expect(failure(Invocation(path)) == .notExecutable(path: path))
  }

  @Test func `a path is taken relative to the working directory of the program`() throws {
    #expect(try ChildProcess.run(Invocation("bin/true", directory: "/usr")).isSuccess)
  }

  @Test func `a NUL in an argument is refused`() {
    let error = failure(Invocation("echo", ["a", "b\0c"]))
    #expect(error == .invalid(program: "echo", reason: "argument 2 holds a NUL"))
  }

  @Test func `a NUL in a variable is refused without showing it`() {
    let error = failure(Invocation("echo", environment: ["TOKEN": "s3cret\0"]))
    #expect(error?.message.contains("TOKEN") == true)
    #expect(error?.message.contains("s3cret") == false)
  }

  @Test(arguments: ["", "A=B"])
  func `a variable needs a proper name`(_ name: String) {
    guard case .invalid = failure(Invocation("echo", environment: [name: "x"])) else {
      Issue.record("it was accepted")
      return
    }
  }

  @Test func `a missing working directory is an error that names it`() {
    let error = failure(Invocation("/bin/true", directory: "/no/such/folder"))
    #expect(error?.message.contains("changing to /no/such/folder failed: no such file") == true)
  }

  @Test func `a file that is executable but no program is an error`() throws {
    let path = NSTemporaryDirectory() + "opsh-\(UUID()).exe"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
    _ = FileManager.default.createFile(
      atPath: path,
      contents: Data("garbage".utf8),
      attributes: attributes
    )
    guard case .notStarted(path, "executing it", _) = failure(Invocation(path)) else {
      Issue.record("it ran")
      return
    }
  }

  @Test func `an unknown user is an error that names it`() {
    #expect(throws: ProcessError.noSuchUser("no-such-user")) {
      try UserIdentity(named: "no-such-user")
    }
  }

  @Test func `a description shows names but no values of variables and no input`() {
    let invocation = Invocation(
      "psql",
      ["-c", "x"],
      environment: ["PGPASSWORD": "s3cret"],
      input: Array("s3cret".utf8)
    )
    #expect("\(invocation)" == "psql -c x (with PGPASSWORD) (6 bytes of input)")
    var dumped = ""
    dump(invocation, to: &dumped)
    #expect(!dumped.contains("s3cret"))
    #expect(!String(reflecting: invocation).contains("s3cret"))
  }
}

@Suite(.enabled(if: UserIdentity.callerIsRoot, "only root can become someone else"))
struct RunAsTests {
  @Test func `a program runs as another user with that user's groups and home`() throws {
    let nobody = try UserIdentity(named: "nobody")
    var invocation = Invocation("sh", ["-c", "id -un; id -G; echo $HOME; cat /proc/$$/status"])
    invocation.runAs = nobody
    invocation.directory = "/"
    let done = try ChildProcess.run(invocation)
    let lines = done.text.split(separator: "\n").map(String.init)
    #expect(lines.first == "nobody")
    #expect(Set(lines[1].split(separator: " ").map { UInt32($0) }) == Set(nobody.groups))
    #expect(lines[2] == nobody.home)
    #expect(lines.contains("Uid:" + String(repeating: "\t\(nobody.user)", count: 4)))
    #expect(lines.contains("CapEff:\t0000000000000000"))
  }

  @Test func `the caller keeps its own user`() throws {
    var invocation = Invocation("true")
    invocation.runAs = try UserIdentity(named: "nobody")
    _ = try ChildProcess.run(invocation)
    #expect(UserIdentity.callerIsRoot)
  }
}
