private import Glibc

/// Folders and small files that only their owner may read.
package enum Folder {
  /// Makes a folder and those above it, 0700, and syncs the one that holds it.
  package static func create(_ path: String) throws(JournalError) {
    if unsafe mkdir(path, 0o700) == 0 {
      try synchronize(parent(of: path))
      return
    }
    switch errno {
    case EEXIST: return
    case ENOENT where parent(of: path) != path:
      try create(parent(of: path))
      guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
        throw .system(action: "made", path: path, code: errno)
      }
      try synchronize(parent(of: path))
    case let code: throw .system(action: "made", path: path, code: code)
    }
  }

  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes the names in a folder survive a crash.
  package static func synchronize(_ path: String) throws(JournalError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(action: "opened", path: path, code: errno) }
    defer { close(descriptor) }
    // Some file systems can not sync a folder and need not.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw .system(action: "synced", path: path, code: errno)
    }
  }

  /// Writes a file that must not exist yet, 0600, and syncs it and its folder.
  package static func writeNew(_ path: String, _ bytes: [UInt8]) throws(JournalError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system(action: "made", path: path, code: errno) }
    defer { close(descriptor) }
    do throws(JournalError) {
      try writeAll(bytes, to: descriptor, path)
    } catch {
      // Half a file would say that there is a whole one.
      _ = unsafe unlink(path)
      throw error
    }
    try synchronize(parent(of: path))
  }

  private static func writeAll(
    _ bytes: [UInt8],
    to descriptor: Int32,
    _ path: String
  ) throws(JournalError) {
    var offset = 0
    while offset < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe write(descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system(action: "written", path: path, code: errno) }
      offset += count
    }
    guard fsync(descriptor) == 0 else { throw .system(action: "synced", path: path, code: errno) }
  }

  /// Reads a whole file; nothing if there is none.
  package static func read(_ path: String) throws(JournalError) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno != ENOENT else { return nil }
      throw .system(action: "opened", path: path, code: errno)
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system(action: "read", path: path, code: errno) }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// The names in a folder, sorted; none if it does not exist.
  package static func names(in path: String) throws(JournalError) -> [String] {
    guard let stream = unsafe opendir(path) else {
      guard errno != ENOENT else { return [] }
      throw .system(action: "listed", path: path, code: errno)
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
