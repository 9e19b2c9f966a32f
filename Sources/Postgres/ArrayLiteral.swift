/// Arrays in the server's text format (`{a,"b c",NULL}`; manual, 8.15.6).
package enum ArrayLiteral {
  /// An element: an array inside an array, a text, or an SQL null.
  package indirect enum Element: Hashable, Sendable {
    case null
    case text(String)
    case array([Element])
  }

  /// Prints a flat array; every element that is not null stands in quotes, which is always right.
  package static func text(of elements: [String?]) -> String {
    var text = "{"
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      guard let element else {
        text += "NULL"
        continue
      }
      text += "\""
      for character in element.unicodeScalars {
        if character == "\"" || character == "\\" { text += "\\" }
        text.unicodeScalars.append(character)
      }
      text += "\""
    }
    return text + "}"
  }

  /// Reads an array literal; nil when the text is none.
  ///
  /// Explicit bounds (`[0:2]={…}`) are skipped. `delimiter` is `;` for arrays of `box`, else `,`.
  package static func parse(_ text: String, delimiter: UInt8 = UInt8(ascii: ",")) -> [Element]? {
    var reader = ArrayReader(bytes: Array(text.utf8), delimiter: delimiter)
    return reader.read()
  }
}

private struct ArrayReader {
  let bytes: [UInt8]
  let delimiter: UInt8
  private var index = 0

  init(bytes: [UInt8], delimiter: UInt8) {
    self.bytes = bytes
    self.delimiter = delimiter
  }

  private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

  mutating func read() -> [ArrayLiteral.Element]? {
    if current == UInt8(ascii: "[") {
      guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      index = equals + 1
    }
    guard let elements = readArray(), index == bytes.count else { return nil }
    return elements
  }

  // The server knows at most 6 dimensions; with the stack kept here, depth costs no recursion.
  private mutating func readArray() -> [ArrayLiteral.Element]? {
    guard current == UInt8(ascii: "{") else { return nil }
    index += 1
    var open: [[ArrayLiteral.Element]] = [[]]
    var needsElement = false
    while let byte = current {
      switch byte {
      case UInt8(ascii: "}"):
        index += 1
        guard !needsElement, let finished = open.popLast() else { return nil }
        guard let last = open.indices.last else { return finished }
        open[last].append(.array(finished))
        guard endElement(&needsElement) else { return nil }
      case UInt8(ascii: "{"):
        index += 1
        guard open.count < 6 else { return nil }
        open.append([])
        needsElement = false
      default:
        guard let element = readElement(), let last = open.indices.last else { return nil }
        open[last].append(element)
        guard endElement(&needsElement) else { return nil }
      }
    }
    return nil
  }

  private mutating func endElement(_ needsElement: inout Bool) -> Bool {
    needsElement = current == delimiter
    if needsElement { index += 1 }
    return needsElement || current == UInt8(ascii: "}")
  }

  private mutating func readElement() -> ArrayLiteral.Element? {
    if current == UInt8(ascii: "\"") { return readQuoted() }
    var text: [UInt8] = []
    var isEscaped = false
    while let byte = current, byte != delimiter, byte != UInt8(ascii: "}") {
      index += 1
      if byte == UInt8(ascii: "\\"), let next = current {
        text.append(next)
        index += 1
        isEscaped = true
      } else {
        text.append(byte)
      }
    }
    guard !text.isEmpty else { return nil }
    let string = String(decoding: text, as: UTF8.self)
    return !isEscaped && string.uppercased() == "NULL" ? .null : .text(string)
  }

  private mutating func readQuoted() -> ArrayLiteral.Element? {
    var text: [UInt8] = []
    index += 1
    while let byte = current {
      index += 1
      if byte == UInt8(ascii: "\"") { return .text(String(decoding: text, as: UTF8.self)) }
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      guard let next = current else { return nil }
      text.append(next)
      index += 1
    }
    return nil
  }
}
