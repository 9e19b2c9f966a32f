internal import CChildProcess
private import Glibc

/// Owns a file descriptor: it is closed exactly once, at the latest when the owner goes away.
final class Descriptor {
  private(set) var raw: Int32

  init(owning raw: Int32) {
    self.raw = raw
  }

  deinit { close() }

  var isOpen: Bool { raw >= 0 }

  func close() {
    guard raw >= 0 else { return }
    _ = Glibc.close(raw)
    raw = -1
  }

  func makeNonBlocking() {
    _ = fcntl(raw, F_SETFL, fcntl(raw, F_GETFL) | O_NONBLOCK)
  }

  /// Opens a file that children do not inherit; nil (and `errno`) if that fails.
  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Descriptor? {
    let raw = unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
    return raw < 0 ? nil : Descriptor(owning: raw)
  }

  /// The two ends of a new pipe; nil (and `errno`) if there is none.
  static func pipe() -> (read: Descriptor, write: Descriptor)? {
    var ends: [Int32] = [-1, -1]
    let number = unsafe cchild_pipe(&ends)
    guard number == 0 else {
      errno = number
      return nil
    }
    return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
  }
}
