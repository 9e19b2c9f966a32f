private import Glibc

/// What the system says about an error number.
func systemMessage(_ number: Int32) -> String {
  var text = [CChar](repeating: 0, count: 256)
  guard unsafe strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
  let end = text.firstIndex(of: 0) ?? text.endIndex
  return String(decoding: text[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self).lowercased()
}

/// The first 4 KiB of a file; nil if it can not be read.
func readFile(_ path: String) -> [UInt8]? {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 4_096)
  let count = unsafe read(descriptor, &bytes, bytes.count)
  return count > 0 ? Array(bytes[..<count]) : nil
}

extension Duration {
  /// Rounded up and bounded, as `poll` takes it.
  var pollMilliseconds: Int32 {
    let milliseconds = (self / .milliseconds(1)).rounded(.up)
    return Int32(min(max(0, milliseconds), 60_000))
  }
}
