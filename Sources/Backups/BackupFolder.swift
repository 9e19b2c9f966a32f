private import Glibc
package import Values

/// The folder that a database's backups are kept in, a folder for each.
///
/// A backup has its name only when it is whole: before that its folder's name begins with a dot and
/// ends with `.part`, and a file in it says whose it is.
package struct BackupFolder: Sendable {
  package let path: String

  static let manifest = "manifest.json"
  static let manifestHash = "manifest.json.sha256"
  static let proof = "proof.json"
  static let owner = "owner"

  package init(_ path: String) {
    self.path = path
  }

  // MARK: - Looking

  /// Every backup that has its name, oldest first, with what can not be read as one.
  package func all() throws(Failure) -> (backups: [StoredBackup], unreadable: [Failure]) {
    var backups: [StoredBackup] = []
    var unreadable: [Failure] = []
    for name in try Files.names(in: path) where !name.hasPrefix(".") {
      guard Files.isFolder("\(path)/\(name)") else { continue }
      do throws(Failure) {
        backups.append(try backup(name))
      } catch {
        var error = error
        error.message = "\(path)/\(name) is no backup that can be used: \(error.message)"
        unreadable.append(error)
      }
    }
    backups.sort { ($0.manifest.taken, $0.name) < ($1.manifest.taken, $1.name) }
    return (backups, unreadable)
  }

  /// Reads one, and looks whether its files are there.
  package func backup(_ name: String) throws(Failure) -> StoredBackup {
    let folder = "\(path)/\(name)"
    guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/"), Files.isFolder(folder) else {
      throw Failure(.refused, "there is no backup '\(name)' in \(path)")
    }
    let bytes = try Files.read("\(folder)/\(Self.manifest)")
    let head = try FileHash.sha256(of: bytes)
    let written = try Files.read("\(folder)/\(Self.manifestHash)")
    guard String(decoding: written, as: UTF8.self) == Self.hashLine(head) else {
      throw Failure(
        .refused,
        "its manifest is not the one that was written with it",
        advice: ["it was changed or damaged: what it says of the backup can not be trusted"]
      )
    }
    let manifest = try Manifest(bytes: bytes)
    return StoredBackup(
      name: name,
      path: folder,
      manifest: manifest,
      head: head,
      proof: proof(in: folder, head: head) ?? .init(level: .present, at: manifest.taken),
      faults: faults(of: manifest, in: folder)
    )
  }

  /// What `sha256sum --check` reads.
  static func hashLine(_ head: String) -> String { "\(head)  \(manifest)\n" }

  private func faults(of manifest: Manifest, in folder: String) -> [String] {
    manifest.files.compactMap { file in
      guard let size = Files.size("\(folder)/\(file.name)") else {
        return "\(file.name) is missing"
      }
      return size == file.size ? nil : "\(file.name) has \(size) bytes, not \(file.size)"
    }
  }

  // MARK: - What was proved

  /// A proof of another manifest, or one that can not be read, proves nothing.
  private func proof(in folder: String, head: String) -> StoredBackup.Proof? {
    guard let bytes = try? Files.read("\(folder)/\(Self.proof)"),
      let json = try? JSON.parse(bytes), json["head"]?.stringValue == head,
      let level = json["level"]?.stringValue.flatMap(TrustLevel.init(rawValue:)),
      let at = json["at"]?.stringValue.flatMap({ Time($0) })
    else { return nil }
    return StoredBackup.Proof(level: level, at: at)
  }

  /// Keeps what was proved of a backup; also less than before, for what it no longer is.
  package func keep(_ proof: StoredBackup.Proof, of backup: StoredBackup) throws(Failure) {
    let json: JSON = [
      "at": .string(proof.at.text), "head": .string(backup.head),
      "level": .string(proof.level.rawValue),
    ]
    try Files.replace("\(backup.path)/\(Self.proof)", json.bytes(isCanonical: true) + [0x0A])
  }

  // MARK: - Deleting

  /// Takes a backup away: first its name, so that half of one is never taken for a whole.
  package func delete(_ name: String) throws(Failure) {
    let gone = "\(path)/.\(name).gone"
    try Files.rename("\(path)/\(name)", gone)
    try Files.synchronizeFolder(path)
    try Files.removeTree(gone)
  }
}
