import Foundation
import Values

/// The line that says that a stack file is trusted, in the file that says so of all.
struct TrustLine {
  let trusted: String
  let stack: String

  /// Trusts the stack file as it is now, and no longer as it was.
  func add() throws(SandboxError) {
    guard let content = FileManager.default.contents(atPath: stack) else {
      throw .file(path: stack, reason: "can not be read")
    }
    let folder = (trusted as NSString).deletingLastPathComponent
    do {
      try FileManager.default.createDirectory(
        atPath: folder,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700]
      )
    } catch {
      throw .file(path: folder, reason: "can not be made: \(error.localizedDescription)")
    }
    let hash = SHA256.hexadecimal(of: Array(content))
    try rewrite { $0 + ["\(hash) \(Time.now().text) \(stack)"] }
  }

  func remove() throws(SandboxError) {
    guard FileManager.default.fileExists(atPath: trusted) else { return }
    try rewrite { $0 }
  }

  /// Replaces the file's lines, without those about this stack file.
  private func rewrite(_ change: ([String]) -> [String]) throws(SandboxError) {
    let folder = (trusted as NSString).deletingLastPathComponent
    // Two sandboxes that come up at once must not lose each other's line.
    let lock = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if lock >= 0 { close(lock) } }
    if lock >= 0 { flock(lock, LOCK_EX) }
    let text = FileManager.default.contents(atPath: trusted).map {
      String(decoding: $0, as: UTF8.self)
    }
    let others = (text ?? "").split(separator: "\n").map(String.init)
      .filter { !$0.hasSuffix(" " + stack) }
    let lines = change(others)
    guard !lines.isEmpty else {
      unsafe unlink(trusted)
      unsafe rmdir(folder)
      return
    }
    try SandboxPaths.write(lines.map { $0 + "\n" }.joined(), to: trusted)
  }
}
