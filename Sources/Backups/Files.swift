private import Glibc
package import Values

/// Files and folders of backups, which only their owner may read.
package enum Files {
  /// The names in a folder, sorted by bytes; none if there is no such folder.
  package static func names(in path: String) throws(Failure) -> [String] {
    guard let stream = unsafe opendir(path) else {
      guard errno != ENOENT else { return [] }
      throw FileFailure.make("read", path)
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          unsafe String(cString: name)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  package static func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
  }

  /// The bytes of a file; nothing if there is none.
  package static func size(_ path: String) -> Int64? {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(status.st_size)
  }

  /// The bytes of a file, or of everything in a folder, as it is now.
  package static func totalSize(_ path: String) -> Int64 {
    guard isFolder(path) else { return size(path) ?? 0 }
    let names = (try? names(in: path)) ?? []
    return names.reduce(0) { $0 + totalSize("\(path)/\($1)") }
  }

  /// The bytes that a file system has left for us; nothing where it can not be asked.
  package static func freeSpace(at path: String) -> Int64? {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else { return nil }
    return Int64(clamping: status.f_bavail) * Int64(clamping: status.f_frsize)
  }

  /// The files at or below a path, each as what has to be added to it.
  static func tree(_ path: String) throws(Failure) -> [String] {
    guard isFolder(path) else { return exists(path) ? [""] : [] }
    var found: [String] = []
    for name in try names(in: path) { found += try tree("\(path)/\(name)").map { "/\(name)\($0)" } }
    return found
  }

  package static func read(_ path: String) throws(Failure) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure.make("opened", path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure.make("read", path) }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// Writes a small file as a whole, 0600: under another name first, synced, then renamed.
  package static func replace(_ path: String, _ bytes: [UInt8]) throws(Failure) {
    let new = path + ".new"
    _ = unsafe unlink(new)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open(new, flags, 0o600)
    guard descriptor >= 0 else { throw FileFailure.make("made", path) }
    defer { close(descriptor) }
    var offset = 0
    while offset < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileFailure.make("written", path) }
      offset += count
    }
    guard fsync(descriptor) == 0 else { throw FileFailure.make("synced", path) }
    try rename(new, path)
  }

  /// Makes a file its owner's only, and has the disk keep it.
  static func secure(_ path: String) throws(Failure) {
    guard unsafe chmod(path, 0o600) == 0 else { throw FileFailure.make("kept from others", path) }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure.make("opened", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileFailure.make("synced", path) }
  }

  /// Makes a folder and those above it, 0700.
  package static func makeFolders(_ path: String) throws(Failure) {
    if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw FileFailure.make("made", path)
    }
    try makeFolders(String(path[..<slash]))
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw FileFailure.make("made", path)
    }
  }

  static func rename(_ path: String, _ new: String) throws(Failure) {
    guard unsafe Glibc.rename(path, new) == 0 else { throw FileFailure.make("renamed", path) }
  }

  package static func remove(_ path: String) throws(Failure) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else {
      throw FileFailure.make("removed", path)
    }
  }

  /// Removes a folder with all that is in it; a link is removed, never followed.
  package static func removeTree(_ path: String) throws(Failure) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else { return try remove(path) }
    for name in try names(in: path) { try removeTree("\(path)/\(name)") }
    guard unsafe rmdir(path) == 0 || errno == ENOENT else {
      throw FileFailure.make("removed", path)
    }
  }

  /// Makes the names in a folder survive a crash; some file systems can not, and need not.
  static func synchronizeFolder(_ path: String) throws(Failure) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure.make("opened", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw FileFailure.make("synced", path)
    }
  }
}
