/// Why a text can not be read as SQL.
package enum SQLTextError: Error, Hashable, Sendable {
  case parserUnusable(String)
  /// The server's grammar of version 15 refuses it; the offset counts UTF-8 bytes.
  case syntax(String, offset: Int)
  case holdsNUL(offset: Int)
  /// Longer than the parser may be asked to read.
  case tooLong(bytes: Int, limit: Int)
  case notUTF8(offset: Int)

  package var message: String {
    switch self {
    case .parserUnusable(let reason): reason
    case .syntax(let reason, _): reason
    case .holdsNUL(let offset): "the SQL text holds a NUL at byte \(offset)"
    case .tooLong(let bytes, let limit):
      "the SQL text must be at most \(limit) bytes, but is \(bytes)"
    case .notUTF8(let offset): "the SQL text is not UTF-8 from byte \(offset) on"
    }
  }
}
