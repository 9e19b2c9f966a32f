private import Glibc
package import Values

/// A backup that is being written, under a name that nobody takes for a whole one.
package struct UnfinishedBackup: Sendable {
  package let folder: BackupFolder
  /// The name that it gets when it is whole.
  package let name: String

  /// The whole path that it has until then.
  package var path: String { "\(folder.path)/.\(name).part" }

  /// Makes its folder, for its owner's eyes only.
  ///
  /// - Parameter owner: tells the process that writes it from every other one.
  package init(in folder: BackupFolder, named name: String, owner: String) throws(Failure) {
    self.folder = folder
    self.name = name
    try Files.makeFolders(folder.path)
    guard unsafe mkdir(path, 0o700) == 0 else { throw FileFailure.make("made", path) }
    try Files.replace("\(path)/\(BackupFolder.owner)", Array(owner.utf8))
  }

  /// A path for a file of it.
  package func path(of name: String) -> String { "\(path)/\(name)" }

  /// Hashes and syncs what was written, writes the manifest, and gives the backup its name.
  ///
  /// - Parameter entries: the files and folders that belong to it.
  package func finish(
    _ manifest: Manifest,
    entries: [String],
    onBytes: (Int) throws(Failure) -> Void = { _ in }
  ) throws(Failure) -> StoredBackup {
    var manifest = manifest
    for entry in entries {
      for file in try Files.tree(path(of: entry)) {
        let name = entry + file
        try Files.secure(path(of: name))
        let found = try FileHash.sha256(of: path(of: name), onBytes: onBytes)
        manifest.files.append(.init(name: name, size: found.size, sha256: found.sha256))
      }
      if Files.isFolder(path(of: entry)) { try Files.synchronizeFolder(path(of: entry)) }
    }
    let bytes = manifest.bytes
    let head = try FileHash.sha256(of: bytes)
    try Files.replace(path(of: BackupFolder.manifest), bytes)
    try Files.replace(
      path(of: BackupFolder.manifestHash),
      Array(BackupFolder.hashLine(head).utf8)
    )
    try Files.remove(path(of: BackupFolder.owner))
    try Files.synchronizeFolder(path)
    try Files.rename(path, "\(folder.path)/\(name)")
    try Files.synchronizeFolder(folder.path)
    return try folder.backup(name)
  }

  /// Takes away what there is of it.
  package func discard() throws(Failure) {
    try Files.removeTree(path)
  }
}

extension BackupFolder {
  /// What attempts left behind whose process is gone, by their paths.
  ///
  /// - Parameter isAlive: says whether the owner that an attempt named still lives.
  package func leftovers(isAlive: (String) -> Bool) -> [String] {
    let names = (try? Files.names(in: path)) ?? []
    return names.filter { $0.hasPrefix(".") && ($0.hasSuffix(".part") || $0.hasSuffix(".gone")) }
      .map { "\(path)/\($0)" }
      .filter { left in
        guard let bytes = try? Files.read("\(left)/\(Self.owner)") else { return true }
        return !isAlive(String(decoding: bytes, as: UTF8.self))
      }
  }

  /// Takes such a leftover away.
  package func remove(leftover path: String) throws(Failure) {
    try Files.removeTree(path)
  }
}
