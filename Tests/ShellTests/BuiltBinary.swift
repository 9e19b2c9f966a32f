import Foundation
import Processes
import Values

/// The built program, in a world of its own: private settings, state and working directory.
final class BuiltBinary: Sendable {
  let root: String
  let work: String
  /// Where the built programs lie: beside the test bundle's resources.
  static let folder = Bundle.module.bundleURL.deletingLastPathComponent().path

  init() throws {
    root = NSTemporaryDirectory() + "opsh-shell-" + UUID().uuidString
    work = root + "/work"
    try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: root)
  }

  struct Result {
    var code: Int
    var output: String
    var messages: String
    var bytes: [UInt8]
  }

  var environment: [String: String] {
    let own = ProcessInfo.processInfo.environment
    return [
      "XDG_STATE_HOME": root + "/state", "XDG_CONFIG_HOME": root + "/config", "HOME": root,
      "PATH": own["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
    ].merging(own.filter { Self.ofSanitizers.contains($0.key) }) { mine, _ in mine }
  }

  /// What scripts/sanitize tells the sanitizers; the programs that a test runs have them too.
  private static let ofSanitizers = ["ASAN_OPTIONS", "LD_PRELOAD", "LSAN_OPTIONS", "TSAN_OPTIONS"]

  func write(_ text: String, to name: String) throws {
    try write(Array(text.utf8), to: name)
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    let path = work + "/" + name
    let folder = (path as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
      throw CocoaError(.fileWriteUnknown)
    }
  }

  /// Runs `opsh` with `/dev/null` or the given bytes as standard input, without a terminal.
  @discardableResult
  func opsh(
    _ arguments: String...,
    input: [UInt8]? = nil,
    with extra: [String: String] = [:],
    in directory: String? = nil
  ) throws -> Result {
    try program("opsh", arguments, input: input, with: extra, in: directory)
  }

  @discardableResult
  func program(
    _ name: String,
    _ arguments: [String],
    input: [UInt8]? = nil,
    with extra: [String: String] = [:],
    in directory: String? = nil
  ) throws -> Result {
    var invocation = Invocation(
      name.hasPrefix("/") ? name : Self.folder + "/" + name,
      arguments,
      environment: environment.merging(extra) { $1 },
      timeout: .seconds(120)
    )
    invocation.input = input
    invocation.directory = directory ?? work
    let completed = try ChildProcess.run(invocation)
    let code: Int
    switch completed.exit {
    case .code(let number): code = Int(number)
    case .signal(let number): code = 1000 + Int(number)
    }
    return Result(
      code: code,
      output: completed.text,
      messages: completed.errorText,
      bytes: completed.output
    )
  }
}
