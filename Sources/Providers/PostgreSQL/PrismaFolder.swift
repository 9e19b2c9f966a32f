private import CLibCrypto
private import Glibc

/// The folder of Prisma's migrations: a folder for each, with its `migration.sql`.
struct PrismaFolder {
  /// By name, ascending by bytes; nothing for a migration whose text can not be read.
  let texts: [String: [UInt8]?]

  /// Reads what is there; nothing if there is no such folder.
  init?(_ path: String) {
    guard let names = Self.folders(in: path) else { return nil }
    texts = Dictionary(
      names.map { ($0, Self.bytes(of: "\(path)/\($0)/migration.sql")) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  private static func folders(in path: String) -> [String]? {
    guard let stream = unsafe opendir(path) else { return nil }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          unsafe String(cString: name)
        }
      }
      if !name.hasPrefix("."), isFolder("\(path)/\(name)") { names.append(name) }
    }
    return names
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func bytes(of path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }
}

/// Checksums as Prisma writes them: SHA-256 in lower-case hexadecimal.
enum PrismaChecksum {
  /// Says whether a checksum is that of a text, whose line ends may have been turned by git.
  static func fits(_ checksum: String, _ text: [UInt8]) -> Bool {
    let unix = withUnixLineEnds(text)
    return [text, unix, withWindowsLineEnds(unix)].contains { bytes in
      guard let hash = sha256(bytes) else { return false }
      // Old engines wrote each byte without its leading zero (prisma-engines 1887).
      return checksum == hex(hash, isPadded: checksum.utf8.count == 64)
    }
  }

  private static func withUnixLineEnds(_ text: [UInt8]) -> [UInt8] {
    var turned: [UInt8] = []
    turned.reserveCapacity(text.count)
    for (index, byte) in text.enumerated() {
      if byte == 13, index + 1 < text.count, text[index + 1] == 10 { continue }
      turned.append(byte)
    }
    return turned
  }

  private static func withWindowsLineEnds(_ text: [UInt8]) -> [UInt8] {
    text.flatMap { $0 == 10 ? [13, 10] : [$0] }
  }

  private static func sha256(_ bytes: [UInt8]) -> [UInt8]? {
    var hash = [UInt8](repeating: 0, count: 32)
    return unsafe opsh_sha256(bytes, bytes.count, &hash) == 0 ? hash : nil
  }

  private static func hex(_ hash: [UInt8], isPadded: Bool) -> String {
    hash.map { ($0 < 16 && isPadded ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
