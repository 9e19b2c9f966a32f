private import CLibCrypto
private import Glibc
package import Values

/// SHA-256 of files, in lower-case hexadecimal, without holding them in memory.
package enum FileHash {
  /// Hashes a file to its end, and tells how long it is.
  ///
  /// - Parameter onBytes: is told of each piece read, and may stop it by throwing.
  package static func sha256(
    of path: String,
    onBytes: (Int) throws(Failure) -> Void = { _ in }
  ) throws(Failure) -> (size: Int64, sha256: String) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure.make("opened", path) }
    defer { close(descriptor) }
    guard let state = unsafe opsh_sha256_begin() else {
      let reason = unsafe opsh_crypto_failure().map { unsafe String(cString: $0) }
      throw Failure(.failed, reason ?? "nothing can be hashed: memory is short")
    }
    defer { unsafe opsh_sha256_free(state) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var size: Int64 = 0
    while true {
      let count = unsafe read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure.make("read", path) }
      guard count > 0 else { break }
      _ = unsafe opsh_sha256_update(state, buffer, count)
      size += Int64(count)
      try onBytes(count)
    }
    var hash = [UInt8](repeating: 0, count: Int(OPSH_SHA256_LENGTH))
    _ = unsafe opsh_sha256_finish(state, &hash)
    return (size, hex(hash))
  }

  /// Hashes what is in memory.
  package static func sha256(of bytes: [UInt8]) throws(Failure) -> String {
    var hash = [UInt8](repeating: 0, count: Int(OPSH_SHA256_LENGTH))
    guard unsafe opsh_sha256(bytes, bytes.count, &hash) == 0 else {
      let reason = unsafe opsh_crypto_failure().map { unsafe String(cString: $0) }
      throw Failure(.failed, reason ?? "nothing can be hashed")
    }
    return hex(hash)
  }

  private static func hex(_ hash: [UInt8]) -> String {
    hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// What the system said of a file.
enum FileFailure {
  /// Right behind the call that failed: it reads `errno`.
  static func make(_ action: String, _ path: String) -> Failure {
    let code = errno
    let reason = unsafe String(cString: strerror(code))
    let isFull = code == ENOSPC || code == EDQUOT
    return Failure(
      .failed,
      "\(path) can not be \(action): \(reason)",
      advice: isFull
        ? ["make room there, or keep backups elsewhere: backups: in the stack file"] : []
    )
  }
}
