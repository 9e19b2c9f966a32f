import Foundation
import Glibc
import Values

/// The program `opsh-sandbox`.
package struct SandboxCommand: Sendable {
  private let environment: [String: String]

  package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.environment = environment
  }

  /// Does what the arguments say; returns the exit code.
  ///
  /// - Parameter arguments: without the program's name.
  package func run(_ arguments: [String]) async -> Int32 {
    let parsed: SandboxArguments
    do throws(UsageError) {
      parsed = try SandboxArguments(arguments)
    } catch {
      Self.complain(error.message)
      return 2
    }
    let paths = SandboxPaths(name: parsed.name, environment: environment)
    if case .serve(let scenario, let seed) = parsed.verb {
      return await SandboxDaemon(paths: paths, scenario: scenario, seed: seed).run()
    }
    do throws(SandboxError) {
      return try perform(parsed.verb, paths)
    } catch {
      Self.complain(error.message)
      return 1
    }
  }

  private func perform(
    _ verb: SandboxArguments.Verb,
    _ paths: SandboxPaths
  ) throws(SandboxError) -> Int32 {
    switch verb {
    case .help: Self.say(SandboxArguments.usage)
    case .up(let scenario, let seed): try up(paths, scenario, seed: seed)
    case .status(let json): try status(paths, json: json)
    case .fault(let vendor, let fault, let on): try set(fault, of: vendor, on: on, paths)
    case .down: return try down(paths)
    case .serve: return 2
    }
    return 0
  }

  // MARK: - up

  private func up(
    _ paths: SandboxPaths,
    _ scenario: Scenario,
    seed: UInt64
  ) throws(SandboxError) {
    try paths.makeFolder(paths.folder)
    let lock = try FolderLock(paths.folder, name: paths.name)
    defer { lock.release() }
    if let state = SandboxState.read(paths), state.process.isAlive {
      throw .alreadyUp(name: paths.name)
    }
    try clear(paths, keepingFolder: true)
    do throws(SandboxError) {
      try DaemonProcess.start(paths, scenario, seed: seed)
    } catch {
      try? clear(paths)
      throw error
    }
    guard let state = SandboxState.read(paths) else {
      throw .file(path: paths.state, reason: "can not be read")
    }
    Self.say(Self.welcome(state, paths))
  }

  private static func welcome(_ state: SandboxState, _ paths: SandboxPaths) -> String {
    let option = paths.name == SandboxPaths.standardName ? "" : " --name \(paths.name)"
    return """
      sandbox '\(paths.name)' is up: \(state.scenario.rawValue), \(state.scenario.summary)

      next:
        cd \(paths.stackFolder)
        opsh status production
        opsh sandbox status\(option)
        opsh sandbox down\(option)

      """
  }

  /// Removes what an earlier sandbox left: servers, files and its line of trust.
  ///
  /// - Parameter keepingFolder: leaves the empty folder, which somebody holds locked.
  private func clear(
    _ paths: SandboxPaths,
    keepingFolder: Bool = false
  ) throws(SandboxError) {
    do {
      try ClusterFolder.clear(state: paths.folder)
    } catch {
      throw .start(reason: error.message)
    }
    try TrustLine(trusted: paths.trusted, stack: paths.stack).remove()
    try keepingFolder ? paths.emptyFolder() : paths.removeFolder()
  }

  // MARK: - status and fault

  private func running(_ paths: SandboxPaths) throws(SandboxError) -> SandboxState {
    guard let state = SandboxState.read(paths), state.process.isAlive else {
      throw .notUp(name: paths.name)
    }
    return state
  }

  private func status(_ paths: SandboxPaths, json: Bool) throws(SandboxError) {
    let state = try running(paths)
    guard !json else {
      Self.say(state.summary.text + "\n")
      return
    }
    Self.say(StatusText.text(state, try ControlClient(state: state).get()))
  }

  private func set(
    _ fault: Fault?,
    of vendor: Vendor,
    on: Bool,
    _ paths: SandboxPaths
  ) throws(SandboxError) {
    _ = try ControlClient(state: try running(paths)).set(fault, of: vendor, on: on)
    let what = fault.map { "\($0.rawValue) (\($0.summary))" } ?? "no fault"
    Self.say("\(vendor.rawValue): \(what)\(on || fault == nil ? "" : " is over")\n")
  }

  // MARK: - down

  private func down(_ paths: SandboxPaths) throws(SandboxError) -> Int32 {
    guard FileManager.default.fileExists(atPath: paths.folder) else {
      Self.complain("sandbox '\(paths.name)' is not up: there is nothing to end")
      return 3
    }
    if let state = SandboxState.read(paths), state.process.isAlive {
      state.process.signal(SIGTERM)
      if !state.process.waitUntilGone(seconds: 15) {
        state.process.signal(SIGKILL)
        _ = state.process.waitUntilGone(seconds: 5)
      }
    }
    try clear(paths)
    Self.say("sandbox '\(paths.name)' is down\n")
    return 0
  }

  // MARK: - Output

  private static func say(_ text: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
  }

  private static func complain(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("error: \(text)\n".utf8))
  }
}
