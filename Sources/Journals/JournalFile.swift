private import Glibc

/// The file under a journal; tests put one in its place that fails where they want.
package protocol JournalFile: AnyObject, Sendable {
  var path: String { get }
  /// Appends all bytes or throws; a short write is an error.
  func append(_ bytes: [UInt8]) throws(JournalError)
  /// Returns when what was appended is on the disk.
  func synchronize() throws(JournalError)
  /// Makes sure that so many more bytes fit, without changing the file's length.
  func reserve(_ count: Int) throws(JournalError)
}

/// A journal's file on this machine: append-only, 0600, locked against a second writer.
package final class DiskJournalFile: JournalFile {
  package let path: String
  private let descriptor: Int32

  /// Creates a new file, or opens an old one for appending, and locks it for this process.
  package init(path: String, isNew: Bool) throws(JournalError) {
    self.path = path
    let flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (isNew ? O_CREAT | O_EXCL : 0)
    descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else { throw .system(action: "opened", path: path, code: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      throw code == EWOULDBLOCK
        ? .inUse(path: path) : .system(action: "locked", path: path, code: code)
    }
  }

  /// `FALLOC_FL_KEEP_SIZE` of `linux/falloc.h`: reserve without changing the length.
  private static let keepsSize: Int32 = 1

  private typealias Fallocate = @convention(c) (Int32, Int32, off_t, off_t) -> Int32

  /// Swift's Glibc leaves it out, since its header guards it with `_GNU_SOURCE`.
  private static let fallocate: Fallocate? = {
    guard let symbol = unsafe dlsym(nil, "fallocate") else { return nil }
    return unsafe unsafeBitCast(symbol, to: Fallocate.self)
  }()

  deinit { close(descriptor) }

  package func append(_ bytes: [UInt8]) throws(JournalError) {
    while true {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe write(descriptor, $0.baseAddress, $0.count)
      }
      if count == bytes.count { return }
      guard count < 0 else { throw .shortWrite(path: path) }
      guard errno == EINTR else { throw .system(action: "written", path: path, code: errno) }
    }
  }

  package func synchronize() throws(JournalError) {
    // Never again after a failure: the kernel drops the error and the pages with it.
    guard fdatasync(descriptor) == 0 else {
      throw .system(action: "synced", path: path, code: errno)
    }
  }

  package func reserve(_ count: Int) throws(JournalError) {
    let end = lseek(descriptor, 0, SEEK_END)
    guard let fallocate = Self.fallocate else { return }
    guard fallocate(descriptor, Self.keepsSize, end, off_t(count)) != 0 else { return }
    // A file system without reservation still says at the write itself that it is full.
    guard errno != EOPNOTSUPP, errno != ENOSYS else { return }
    throw .system(action: "given room", path: path, code: errno)
  }

  /// Cuts a torn tail off after putting it aside.
  package func cut(to length: Int, keeping tail: [UInt8]) throws(JournalError) -> String {
    var number = 1
    while unsafe access("\(path).tail-\(number)", F_OK) == 0 { number += 1 }
    let aside = "\(path).tail-\(number)"
    try Folder.writeNew(aside, tail)
    guard ftruncate(descriptor, off_t(length)) == 0 else {
      throw .system(action: "cut", path: path, code: errno)
    }
    try synchronize()
    return aside
  }
}
