/// A text that was given to opsh, with the name people know it by.
package final class SourceText: Sendable {
  /// A file's path as the person gave it, or `[tty]`, `-c`, `-` (standard input).
  package let name: String
  package let bytes: [UInt8]
  /// The offset of each line's first byte, in order; never empty.
  private let lineStarts: [Int]
  /// How many bytes before each block go on with a scalar: a column on a line of megabytes is asked
  /// for once a finding.
  private let continuations: [Int]
  private static let blockSize = 1024

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    var starts = [0]
    var blocks: [Int] = []
    var count = 0
    for (offset, byte) in bytes.enumerated() {
      if offset % Self.blockSize == 0 { blocks.append(count) }
      if byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
      if byte & 0xC0 == 0x80 { count += 1 }
    }
    lineStarts = starts
    continuations = blocks
  }

  package convenience init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  /// Gives the line and column, both counted from 1; columns count Unicode scalars.
  package func position(of offset: Int) -> (line: Int, column: Int) {
    let offset = min(max(offset, 0), bytes.count)
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let start = lineStarts[low]
    let scalars = offset - start - (continuations(before: offset) - continuations(before: start))
    return (low + 1, scalars + 1)
  }

  private func continuations(before offset: Int) -> Int {
    let block = min(offset / Self.blockSize, continuations.count - 1)
    guard block >= 0 else { return 0 }
    return continuations[block]
      + bytes[block * Self.blockSize..<offset].count { $0 & 0xC0 == 0x80 }
  }

  /// Gives a line's bytes without its line end; lines count from 1.
  package func line(_ number: Int) -> ArraySlice<UInt8> {
    guard number >= 1, number <= lineStarts.count else { return [] }
    let start = lineStarts[number - 1]
    let end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
    guard end > start, bytes[end - 1] == UInt8(ascii: "\r") else { return bytes[start..<end] }
    return bytes[start..<end - 1]
  }

  /// Gives the text of a span; bytes that are not UTF-8 become U+FFFD.
  package func text(of span: SourceSpan) -> String {
    let start = min(max(span.start, 0), bytes.count)
    let end = min(max(span.end, start), bytes.count)
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
