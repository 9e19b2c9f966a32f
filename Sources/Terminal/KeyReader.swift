private import Glibc

/// Characters from a terminal, and wishes from other threads.
final class KeyReader {
  enum Key {
    case character(Unicode.Scalar)
    case wish(UInt8)
    case endOfFile
  }

  /// A paste beyond this is cut; nobody means to run more than this at a prompt.
  private static let largestPaste = 1 << 20

  private let input: Int32
  private let wishes: Int32
  private var waiting: [UInt8] = []

  init(input: Int32, wishes: Int32) {
    self.input = input
    self.wishes = wishes
  }

  /// Waits for the next character; bytes that are not UTF-8 are left out.
  func next() -> Key {
    while true {
      if !waiting.isEmpty {
        if let scalar = decoded({ take() }) { return .character(scalar) }
        continue
      }
      var sources = [
        pollfd(fd: wishes, events: Int16(POLLIN), revents: 0),
        pollfd(fd: input, events: Int16(POLLIN), revents: 0),
      ]
      guard unsafe poll(&sources, 2, -1) > 0 else { continue }
      if sources[0].revents & Int16(POLLIN) != 0, let wish = byte(from: wishes) {
        return .wish(wish)
      }
      guard sources[1].revents != 0 else { continue }
      guard let first = byte(from: input) else { return .endOfFile }
      waiting.append(first)
    }
  }

  /// Reads what is pasted, up to the sequence that ends it, as text that can be inserted.
  func paste() -> String {
    let end = Array("\u{1B}[201~".utf8)
    var bytes = waiting
    waiting = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    var searched = 0
    while true {
      if let found = Self.firstIndex(of: end, in: bytes, from: searched) {
        waiting = Array(bytes[(found + end.count)...])
        return Self.insertable(bytes[..<min(found, Self.largestPaste)])
      }
      searched = max(0, bytes.count - end.count)
      let count = unsafe read(input, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return Self.insertable(bytes[...]) }
      bytes += chunk[..<count]
    }
  }

  private static func firstIndex(of end: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= end.count else { return nil }
    return (start...(bytes.count - end.count)).first { index in
      bytes[index] == end[0] && bytes[index..<index + end.count].elementsEqual(end)
    }
  }

  /// Line ends become LF; controls but for tabs go.
  private static func insertable(_ bytes: ArraySlice<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\r", "\n": text.append("\n")
      case "\t": text.append(scalar)
      case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}", "\u{FFFD}": break
      default: text.append(scalar)
      }
      previous = scalar
    }
    while text.last == "\n" { text.removeLast() }
    return String(text)
  }

  private func take() -> UInt8? {
    waiting.isEmpty ? byte(from: input) : waiting.removeFirst()
  }

  /// Decodes one character whose bytes come one by one; nothing if they are none.
  private func decoded(_ byte: () -> UInt8?) -> Unicode.Scalar? {
    guard let lead = byte() else { return nil }
    let length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard length > 0, lead < 0xF5 else { return nil }
    var bytes = [lead]
    while bytes.count < length {
      guard let next = byte() else { return nil }
      guard next & 0xC0 == 0x80 else {
        waiting.insert(next, at: 0)
        return nil
      }
      bytes.append(next)
    }
    return String(validating: bytes, as: UTF8.self)?.unicodeScalars.first
  }

  private func byte(from descriptor: Int32) -> UInt8? {
    var byte: UInt8 = 0
    while true {
      let count = unsafe read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      return count == 1 ? byte : nil
    }
  }
}
