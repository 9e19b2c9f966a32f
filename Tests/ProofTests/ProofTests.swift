import Foundation
import Processes
import Testing

/// The short form of every proof in `scripts/prove`, with the binaries that were just built.
@Suite(.serialized) struct ProofTests {
  /// Read from the folder, so that a new proof is a new case here.
  static let proofs: [String] = {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    return (names ?? []).filter { name in
      !name.contains(".") && name != "all"
        && FileManager.default.isExecutableFile(atPath: folder + "/" + name)
    }.sorted()
  }()

  static let folder =
    (0..<3).reduce(#filePath) { path, _ in
      (path as NSString).deletingLastPathComponent
    } + "/scripts/prove"

  /// Where the built programs lie: beside the test bundle's resources.
  static let binaries = Bundle.module.bundleURL.deletingLastPathComponent().path

  @Test func `there are proofs`() {
    #expect(Self.proofs.count >= 2)
  }

  @Test(.timeLimit(.minutes(6)), arguments: proofs)
  func `a proof holds in its short form`(name: String) throws {
    let completed = try ChildProcess.run(
      Invocation(
        Self.folder + "/" + name,
        ["--short", "--binaries", Self.binaries],
        environment: ProcessInfo.processInfo.environment,
        timeout: .seconds(330)
      )
    )
    let said = completed.text + completed.errorText
    #expect(completed.exit == .code(0), "\(said)")
    #expect(said.contains(" 0 failed"), "\(said)")
  }
}
