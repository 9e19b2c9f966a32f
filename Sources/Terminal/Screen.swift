private import Glibc

/// What a descriptor's terminal can show.
package enum Screen {
  package static func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1
  }

  /// Columns and rows (TIOCGWINSZ); nothing if it is no terminal or does not know.
  package static func size(of descriptor: Int32) -> (columns: Int, rows: Int)? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Says whether text there may have colours.
  ///
  /// Not where it is no terminal, was turned off (`--no-color`, or `NO_COLOR` with any text, see
  /// no-color.org), or where `TERM` is `dumb` or not set.
  package static func usesColor(
    isTerminal: Bool,
    isTurnedOff: Bool,
    environment: [String: String]
  ) -> Bool {
    guard isTerminal, !isTurnedOff, environment["NO_COLOR", default: ""].isEmpty else {
      return false
    }
    return canMoveCursor(environment: environment)
  }

  /// Says whether the terminal knows control sequences at all.
  package static func canMoveCursor(environment: [String: String]) -> Bool {
    let name = environment["TERM", default: ""]
    return !name.isEmpty && name != "dumb"
  }

  /// Writes all bytes; what can not be written to a terminal any more is nobody's loss.
  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var offset = 0
    while offset < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          descriptor,
          buffer.baseAddress?.advanced(by: offset),
          bytes.count - offset
        )
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      offset += count
    }
  }
}
