private import Glibc
package import Values

/// What the first bytes of a file or folder say that it is.
package enum ArchiveHeader: Hashable, Sendable {
  /// `pg_dump --format=custom`; the version of the archive's own form, such as 1.14.
  case custom(major: Int, minor: Int)
  /// `pg_dump --format=directory`, by its table of contents.
  case directory(major: Int, minor: Int)
  /// SQL in a text.
  case plain
  /// Encrypted by age.
  case encrypted
  /// Nothing that can be restored.
  case unknown

  /// Looks at a file, or at the table of contents of a folder.
  package static func read(_ path: String) throws(Failure) -> ArchiveHeader {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw FileFailure.make("opened", path) }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    let bytes = try head(of: isFolder ? path + "/toc.dat" : path)
    return ArchiveHeader(bytes: bytes, isFolder: isFolder)
  }

  /// - Parameter bytes: the first ones; a few dozen are enough.
  package init(bytes: [UInt8], isFolder: Bool = false) {
    if bytes.starts(with: "PGDMP".utf8), bytes.count > 6 {
      let version = (major: Int(bytes[5]), minor: Int(bytes[6]))
      self =
        isFolder
        ? .directory(major: version.major, minor: version.minor)
        : .custom(major: version.major, minor: version.minor)
    } else if bytes.starts(with: "age-encryption.org/".utf8) {
      self = .encrypted
    } else if !isFolder, bytes.starts(with: "--\n-- PostgreSQL database dump\n".utf8) {
      self = .plain
    } else {
      self = .unknown
    }
  }

  private static func head(of path: String) throws(Failure) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure.make("opened", path) }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
    guard count >= 0 else { throw FileFailure.make("read", path) }
    return Array(buffer[..<count])
  }
}
