import Foundation
import Testing
import Values

@testable import Sandbox

/// The program itself, with folders of its own, over a real database.
@Suite(.serialized, .timeLimit(.minutes(6))) struct SandboxCommandTests {
  @Test func `up makes a sandbox that answers, and down leaves nothing`() async throws {
    let home = try TestHome()
    defer { home.clear() }
    let up = try await home.run("up", "--scenario", "bad-migration", "--seed", "5")
    #expect(up.status == 0, "\(up.error)")
    #expect(up.output.contains("opsh status production"))
    let status = try await home.run("status", "--output", "json")
    let state = try JSON.parse(status.output)
    let names = state.objectValue?.map(\.name)
    #expect(names == ["stack", "app", "postgres", "vercel", "neon", "sentry", "log", "backup"])
    #expect(status.output.filter { $0 == "\n" }.count == 1)

    let health = try await home.get(state["app"], "/api/health")
    #expect(health["status"] == "degraded")
    #expect(health["checks"]?["data"]?["status"] == "degraded")
    let log = try String(contentsOfFile: #require(state["log"]?.stringValue), encoding: .utf8)
    #expect(log.contains(#""vendor":"app","method":"GET","path":"/api/health""#))
    try checkStack(state, home)

    let secret = try home.secret("CRON_SECRET", of: state)
    for cron in CronDefinition.all {
      #expect(try await home.get(state["app"], cron.path)["error"] == "Unauthorized")
      let done = try await home.get(state["app"], cron.path, token: secret)
      #expect(done["success"] == true, "\(cron.path)")
    }

    let again = try await home.run("up")
    #expect(again.status == 1)
    #expect(again.error.contains("'opsh sandbox down'"))
    let text = try await home.run("status")
    #expect(text.output.contains("bad-migration, seed 5"))
    #expect(!text.output.contains(try #require(state["postgres"]?.stringValue)))

    #expect(try await home.run("fault", "vercel", "down").status == 0)
    await #expect(throws: SandboxError.self) { try await home.get(state["vercel"], "/v2/user") }
    #expect(try await home.run("fault", "vercel", "off").status == 0)
    #expect(try await home.get(state["vercel"], "/v2/user")["error"]?["code"] == "forbidden")

    let down = try await home.run("down")
    #expect(down.status == 0, "\(down.error)")
    #expect(home.leftovers == [])
    #expect(try await home.run("down").status == 3)
    #expect(try await home.run("status").status == 1)
    #expect(throws: SandboxError.self) { _ = try OpenConnection(url: state["app"]) }
    let database = state["postgres"]?.stringValue?.split(separator: "@").last
    #expect(throws: SandboxError.self) {
      _ = try OpenConnection(url: database.map { .string("http://\($0)") })
    }
  }

  private func checkStack(_ state: JSON, _ home: TestHome) throws {
    let stack = try #require(state["stack"]?.stringValue)
    let content = try #require(FileManager.default.contents(atPath: stack))
    let trusted = try String(contentsOfFile: home.config + "/opsh/trusted", encoding: .utf8)
    let line = trusted.split(separator: "\n").first?.split(separator: " ")
    #expect(line?.first.map(String.init) == SHA256.hexadecimal(of: Array(content)))
    #expect(line?.last.map(String.init) == stack)
    let folder = (stack as NSString).deletingLastPathComponent
    for name in ["VERCEL_TOKEN", "SENTRY_AUTH_TOKEN", "NEON_API_KEY", "CRON_SECRET"] {
      let path = folder + "/secrets/" + name
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(mode as? Int == 0o600)
    }
    let backup = try #require(state["backup"]?.stringValue)
    let dump = try FileManager.default.attributesOfItem(atPath: backup)
    #expect(dump[.posixPermissions] as? Int == 0o600)
    let age = try -#require(dump[.modificationDate] as? Date).timeIntervalSinceNow
    #expect(age > 6 * 3600 && age < 24 * 3600)
    let migrations = try FileManager.default.contentsOfDirectory(
      atPath: folder + "/prisma/migrations"
    )
    #expect(migrations.contains { $0.hasSuffix("_normalise_currency") })
    let text = String(decoding: content, as: UTF8.self)
    for name in ["app", "vercel", "neon", "sentry"] {
      #expect(text.contains("url: \"\(try #require(state[name]?.stringValue))\""))
    }
  }

  @Test func `two sandboxes stand side by side`() async throws {
    let home = try TestHome()
    defer { home.clear() }
    #expect(try await home.run("up", "--scenario", "quiet", "--name", "one").status == 0)
    #expect(try await home.run("up", "--scenario", "bad-deploy", "--name", "two").status == 0)
    let one = try JSON.parse(await home.run("status", "--output", "json", "--name", "one").output)
    let two = try JSON.parse(await home.run("status", "--output", "json", "--name", "two").output)
    #expect(try await home.get(one["app"], "/api/health")["status"] == "ok")
    #expect(try await home.get(two["app"], "/api/health")["status"] == "degraded")
    #expect(try await home.run("down", "--name", "one").status == 0)
    #expect(try await home.get(two["app"], "/api/health")["status"] == "degraded")
    #expect(try await home.run("down", "--name", "two").status == 0)
    #expect(home.leftovers == [])
  }

  @Test func `a daemon that is told to end takes everything with it that it started`() async throws
  {
    let home = try TestHome()
    defer { home.clear() }
    #expect(try await home.run("up", "--scenario", "quiet").status == 0)
    let paths = SandboxPaths(name: "default", environment: home.environment)
    let state = try #require(SandboxState.read(paths))
    let record = try String(contentsOfFile: paths.folder + "/clusters.path", encoding: .utf8)
    #expect(FileManager.default.fileExists(atPath: record))
    // By the system at its shutdown, for example: nobody clears up behind it.
    state.process.signal(SIGTERM)
    #expect(state.process.waitUntilGone(seconds: 20))
    #expect(!FileManager.default.fileExists(atPath: record))
    let server = state.postgres.split(separator: "@").last.map { JSON.string("http://\($0)") }
    #expect(throws: SandboxError.self) { _ = try OpenConnection(url: server) }
    #expect(try await home.run("down").status == 0)
    #expect(home.leftovers == [])
  }

  @Test func `a crash leaves nothing that the next up does not clear`() async throws {
    let home = try TestHome()
    defer { home.clear() }
    #expect(try await home.run("up", "--scenario", "quiet").status == 0)
    let paths = SandboxPaths(name: "default", environment: home.environment)
    let crashed = try #require(SandboxState.read(paths))
    crashed.process.signal(SIGKILL)
    #expect(crashed.process.waitUntilGone(seconds: 10))
    #expect(try await home.run("status").status == 1)
    let up = try await home.run("up", "--scenario", "quiet")
    #expect(up.status == 0, "\(up.error)")
    let state = try #require(SandboxState.read(paths))
    #expect(state.process != crashed.process)
    // The server of the crashed one is gone, the new one answers.
    let old = crashed.postgres.split(separator: "@").last.map { JSON.string("http://\($0)") }
    if state.postgres != crashed.postgres {
      #expect(throws: SandboxError.self) { _ = try OpenConnection(url: old) }
    }
    #expect(try await home.get(.string(state.app), "/api/health")["status"] == "ok")
    #expect(try await home.run("down").status == 0)
    #expect(home.leftovers == [])
  }

  @Test func `a wrong command line starts nothing`() async throws {
    let home = try TestHome()
    defer { home.clear() }
    let wrong = try await home.run("up", "--scenario", "bad-migratoin")
    #expect(wrong.status == 2)
    #expect(wrong.error.contains("did you mean 'bad-migration'?"))
    #expect(wrong.output.isEmpty)
    #expect(home.leftovers == [])
  }
}

/// Folders for the program's state and settings, thrown away afterwards.
struct TestHome {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "opsh-home-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  var config: String { folder + "/config" }

  var environment: [String: String] {
    let own = ProcessInfo.processInfo.environment
    // What scripts/sanitize tells the sanitizers is for the programs here, too.
    let ofSanitizers = own.filter { ["LD_PRELOAD", "LSAN_OPTIONS"].contains($0.key) }
    return [
      "XDG_STATE_HOME": folder + "/state", "XDG_CONFIG_HOME": config, "HOME": folder,
      "PATH": own["PATH"] ?? "/usr/bin:/bin",
    ].merging(ofSanitizers) { mine, _ in mine }
  }

  /// What lies in the folders, beside the two themselves.
  var leftovers: [String] {
    let paths = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
    return paths.filter { $0 != "state" && $0 != "config" }.sorted()
  }

  func clear() {
    for name
      in (try? FileManager.default.contentsOfDirectory(atPath: folder + "/state/opsh/sandbox"))
      ?? []
    {
      let paths = SandboxPaths(name: name, environment: environment)
      SandboxState.read(paths)?.process.signal(SIGKILL)
      try? ClusterFolder.clear(state: paths.folder)
    }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Runs `opsh-sandbox`, which lies beside the tests.
  func run(_ arguments: String...) async throws -> (status: Int32, output: String, error: String) {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let program = (own as NSString).deletingLastPathComponent + "/opsh-sandbox"
    let environment = environment
    let folder = folder
    return try await Sandbox.onThread {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = arguments
      process.environment = environment
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      let (output, error) = (Pipe(), Pipe())
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = output
      process.standardError = error
      try process.run()
      // Both end with the command: a daemon that kept them open would be a fault.
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      let complaint = String(
        decoding: error.fileHandleForReading.readDataToEndOfFile(),
        as: UTF8.self
      )
      process.waitUntilExit()
      return (process.terminationStatus, text, complaint)
    }
  }

  func secret(_ name: String, of state: JSON) throws -> String {
    let stack = try #require(state["stack"]?.stringValue)
    let path = (stack as NSString).deletingLastPathComponent + "/secrets/" + name
    return try String(contentsOfFile: path, encoding: .utf8).filter { !$0.isNewline }
  }

  /// The JSON at a path of a base URL.
  func get(_ url: JSON?, _ path: String, token: String = "x") async throws -> JSON {
    try await Sandbox.onThread {
      let connection = try OpenConnection(url: url)
      try connection.send(
        "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
          + "Authorization: Bearer \(token)\r\n\r\n"
      )
      var answer: [UInt8] = []
      while true {
        let more = try connection.receive(atMost: 65_536)
        if more.isEmpty { break }
        answer += more
      }
      let end = try #require(answer.firstRange(of: Array("\r\n\r\n".utf8)))
      return try JSON.parse(Array(answer[end.upperBound...]))
    }
  }
}

extension OpenConnection {
  init(url: JSON?) throws {
    let port = try #require(url?.stringValue.flatMap { URL(string: $0) }?.port)
    try self.init(port: UInt16(port))
  }
}
