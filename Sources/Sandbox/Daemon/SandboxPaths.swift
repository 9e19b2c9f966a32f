import Foundation

/// Where a sandbox keeps its things.
package struct SandboxPaths: Sendable {
  package static let standardName = "default"

  let name: String
  /// Everything of this sandbox lies in it.
  let folder: String
  /// The file that says which stack files are trusted.
  let trusted: String

  /// - Parameter environment: `XDG_STATE_HOME`, `XDG_CONFIG_HOME` and `HOME` are looked at.
  init(name: String, environment: [String: String]) {
    func home(_ variable: String, _ standard: String) -> String {
      if let path = environment[variable], path.hasPrefix("/") { return path }
      return (environment["HOME"] ?? NSHomeDirectory()) + standard
    }
    self.name = name
    folder = home("XDG_STATE_HOME", "/.local/state") + "/opsh/sandbox/" + name
    trusted = home("XDG_CONFIG_HOME", "/.config") + "/opsh/trusted"
  }

  var state: String { folder + "/state.json" }
  var stackFolder: String { folder + "/optiq" }
  var stack: String { stackFolder + "/stack.opsh" }
  var secrets: String { stackFolder + "/secrets" }
  var migrations: String { stackFolder + "/prisma/migrations" }
  var backups: String { folder + "/backups" }
  /// Last night's dump of production's database.
  var backup: String { backups + "/nightly.dump" }
  var requests: String { folder + "/requests.jsonl" }
  var log: String { folder + "/sandbox.log" }

  /// Puts the runbooks that come with this program beside the stack file, where they can be found:
  /// the `runbooks` folder of the checkout that it was built in.
  func linkRunbooks() throws {
    var folder = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    while folder.count > 1 {
      folder = (folder as NSString).deletingLastPathComponent
      let runbooks = folder + "/runbooks"
      guard FileManager.default.fileExists(atPath: runbooks + "/rollback.opsh") else { continue }
      let link = stackFolder + "/runbooks"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: runbooks)
      return
    }
  }

  /// Whether a name can be a folder's.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 40 && !name.hasPrefix("-")
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  func makeFolder(_ path: String) throws(SandboxError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700]
      )
    } catch {
      throw .file(path: path, reason: "can not be made: \(error.localizedDescription)")
    }
  }

  /// Writes a file that only its owner can read, whole or not at all.
  static func write(_ text: String, to path: String) throws(SandboxError) {
    let temporary = path + ".new"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .file(path: path, reason: "can not be written") }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try handle.write(contentsOf: Data(text.utf8))
    } catch {
      throw .file(path: path, reason: "can not be written: \(error.localizedDescription)")
    }
    guard unsafe rename(temporary, path) == 0 else {
      throw .file(path: path, reason: "can not be replaced")
    }
  }

  /// Removes everything of this sandbox but the folder itself.
  func emptyFolder() throws(SandboxError) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      do {
        try FileManager.default.removeItem(atPath: folder + "/" + name)
      } catch {
        throw .file(path: folder + "/" + name, reason: "can not be removed")
      }
    }
  }

  /// Removes everything of this sandbox, and the folders above that are then empty.
  func removeFolder() throws(SandboxError) {
    if FileManager.default.fileExists(atPath: folder) {
      do {
        try FileManager.default.removeItem(atPath: folder)
      } catch {
        throw .file(path: folder, reason: "can not be removed: \(error.localizedDescription)")
      }
    }
    let sandboxes = (folder as NSString).deletingLastPathComponent
    if unsafe rmdir(sandboxes) == 0 {
      unsafe rmdir((sandboxes as NSString).deletingLastPathComponent)
    }
  }
}
