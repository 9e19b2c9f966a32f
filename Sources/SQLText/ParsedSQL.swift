private import CPgQuery

/// A text of any number of statements, read with the server's own parser (the grammar of version 15).
package struct ParsedSQL: Sendable {
  /// The most bytes that are read: the parser needs many times as much memory.
  package static let longest = 8 << 20

  package let statements: [Statement]

  /// Reads a text that must be UTF-8.
  package init(bytes: some Collection<UInt8>) throws(SQLTextError) {
    guard bytes.count <= Self.longest else {
      throw .tooLong(bytes: bytes.count, limit: Self.longest)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let repaired = String(decoding: bytes, as: UTF8.self)
      let offset = zip(repaired.utf8, bytes).prefix { $0 == $1 }.count
      throw .notUTF8(offset: offset)
    }
    try self.init(text)
  }

  package init(_ text: String) throws(SQLTextError) {
    var text = text
    text.makeContiguousUTF8()
    let length = text.utf8.count
    guard length <= Self.longest else { throw .tooLong(bytes: length, limit: Self.longest) }
    if let index = text.utf8.firstIndex(of: 0) {
      throw .holdsNUL(offset: text.utf8.distance(from: text.startIndex, to: index))
    }
    let tree = try Self.parse(text, length)
    var statements: [Statement] = []
    for raw in tree.root["stmts"]?.elements ?? [] {
      guard let content = raw["stmt"]?.members.first else { continue }
      let start = raw["stmt_location"]?.int ?? 0
      let count = raw["stmt_len"]?.int ?? (length - start)
      statements.append(Statement(content, index: statements.count, offset: start, length: count))
    }
    self.statements = statements
  }

  private static func parse(_ text: String, _ length: Int) throws(SQLTextError) -> SyntaxJSON {
    if let failure = unsafe opsh_sql_failure() {
      throw .parserUnusable(unsafe String(cString: failure))
    }
    guard let outcome = unsafe opsh_sql_parse(text, length) else {
      throw .parserUnusable("there is not enough memory to read an SQL text of \(length) bytes")
    }
    defer { unsafe opsh_sql_free(outcome) }
    if let error = unsafe opsh_sql_error(outcome) {
      let position = unsafe Int(opsh_sql_error_position(outcome))
      throw .syntax(
        unsafe String(cString: error),
        offset: byteOffset(ofCharacter: position - 1, in: text)
      )
    }
    guard let json = unsafe opsh_sql_tree(outcome) else {
      throw .parserUnusable("libpg_query gave no tree")
    }
    return SyntaxJSON(unsafe Array(UnsafeBufferPointer(start: json, count: stringLength(json))))
  }

  private static func stringLength(_ text: UnsafePointer<CChar>) -> Int {
    var end = unsafe text
    while unsafe end.pointee != 0 { unsafe end += 1 }
    return unsafe end - text
  }

  /// The server counts positions in characters, which for it are Unicode scalars.
  private static func byteOffset(ofCharacter count: Int, in text: String) -> Int {
    guard count > 0 else { return 0 }
    var offset = 0
    for scalar in text.unicodeScalars.prefix(count) { offset += UTF8.width(scalar) }
    return offset
  }
}
