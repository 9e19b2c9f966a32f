/// Rows as one value in the server's text format (`(1,"a b",)`; manual, 8.16.6).
package enum RecordLiteral {
  /// Reads the fields, where an SQL null is nil; nil as a whole when the text is no record.
  package static func parse(_ text: String) -> [String?]? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 2, bytes.first == UInt8(ascii: "("), bytes.last == UInt8(ascii: ")") else {
      return nil
    }
    var fields: [String?] = []
    var index = 1
    while index < bytes.count {
      guard let field = readField(bytes, &index) else { return nil }
      fields.append(field.isNull ? nil : String(decoding: field.text, as: UTF8.self))
      let end = bytes[index]
      index += 1
      if end == UInt8(ascii: ")") { return index == bytes.count ? fields : nil }
    }
    return nil
  }

  /// Reads up to a comma or the closing bracket and leaves `index` there.
  private static func readField(_ bytes: [UInt8], _ index: inout Int) -> (
    text: [UInt8], isNull: Bool
  )? {
    var text: [UInt8] = []
    var isNull = true
    var isQuoted = false
    while index < bytes.count {
      let byte = bytes[index]
      if !isQuoted, byte == UInt8(ascii: ",") || byte == UInt8(ascii: ")") { return (text, isNull) }
      isNull = false
      index += 1
      let next = index < bytes.count ? bytes[index] : nil
      switch byte {
      case UInt8(ascii: "\\"):
        guard let next else { return nil }
        text.append(next)
        index += 1
      case UInt8(ascii: "\"") where isQuoted && next == UInt8(ascii: "\""):
        text.append(byte)
        index += 1
      case UInt8(ascii: "\""): isQuoted.toggle()
      default: text.append(byte)
      }
    }
    return nil
  }
}
