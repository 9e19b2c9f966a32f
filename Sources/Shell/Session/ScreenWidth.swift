internal import Glibc

/// How wide the terminal is.
enum ScreenWidth {
  /// 80 where the terminal does not say.
  static var columns: Int {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 80
    }
    return Int(size.ws_col)
  }
}
