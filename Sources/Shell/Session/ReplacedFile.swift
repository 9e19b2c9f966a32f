internal import Glibc
internal import Values

/// Writes a file so that a reader sees the old text or the new one, never half of it.
enum ReplacedFile {
  static func write(
    _ bytes: [UInt8],
    to path: String,
    shownAs name: String,
    newMode: mode_t = 0o644
  ) throws(Failure) {
    var status = stat()
    let mode = unsafe stat(path, &status) == 0 ? status.st_mode & 0o7777 : newMode
    let temporary = path + ".opsh-new"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failure(name) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      guard count > 0 else {
        let error = failure(name)
        close(descriptor)
        _ = unsafe unlink(temporary)
        throw error
      }
      rest = rest.dropFirst(count)
    }
    let isSafe = fsync(descriptor) == 0
    close(descriptor)
    guard isSafe, unsafe rename(temporary, path) == 0 else {
      let error = failure(name)
      _ = unsafe unlink(temporary)
      throw error
    }
  }

  private static func failure(_ name: String) -> Failure {
    let reason = unsafe String(cString: strerror(errno))
    return Failure(.failed, "\(name) can not be written: \(reason.lowercased())")
  }
}
