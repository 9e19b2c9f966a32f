/// The value of a header, which may be a secret.
package struct HeaderValue: Hashable, Sendable, ExpressibleByStringLiteral {
  package let text: String
  package let isSecret: Bool

  package init(_ text: String, isSecret: Bool = false) {
    self.text = text
    self.isSecret = isSecret
  }

  package init(stringLiteral text: String) {
    self.init(text)
  }

  /// A value that no description and no error ever shows.
  package static func secret(_ text: String) -> Self {
    Self(text, isSecret: true)
  }
}

extension HeaderValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { isSecret ? "<secret>" : text }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// One header that a request carries.
package struct Header: Hashable, Sendable, CustomStringConvertible {
  package let name: String
  package let value: HeaderValue

  package init(_ name: String, _ value: HeaderValue) {
    self.name = name
    self.value = value
  }

  package var description: String { "\(name): \(value)" }
}

/// The headers of an answer, in the order in which they came.
package struct Headers: Hashable, Sendable {
  package struct Field: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package let fields: [Field]

  package init(_ fields: [Field] = []) {
    self.fields = fields
  }

  /// The first value of a header; its name is compared without regard to case.
  package subscript(name: String) -> String? {
    let wanted = name.lowercased()
    return fields.first { $0.name.lowercased() == wanted }?.value
  }

  /// Every value of a header, in order.
  package func all(_ name: String) -> [String] {
    let wanted = name.lowercased()
    return fields.filter { $0.name.lowercased() == wanted }.map(\.value)
  }
}

extension Headers: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements.map { Field($0.0, $0.1) })
  }
}

extension Headers {
  /// Reads the header lines of one answer; what is not UTF-8 in them becomes U+FFFD.
  init(parsing bytes: [UInt8]) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    fields = lines.dropFirst().compactMap { line in
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
        return nil
      }
      let name = String(decoding: line[..<colon], as: UTF8.self)
      return Field(name, Self.trimmed(line[(colon + 1)...]))
    }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
    let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
