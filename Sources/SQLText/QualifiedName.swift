/// The name of a table or function as a statement writes it.
package struct QualifiedName: Hashable, Sendable, CustomStringConvertible {
  /// Nil where the search path decides.
  package var schema: String?
  package var name: String

  package init(schema: String? = nil, name: String) {
    self.schema = schema
    self.name = name
  }

  package var description: String { schema.map { "\($0).\(name)" } ?? name }

  /// The name as SQL text.
  package var sql: String {
    (schema.map { SQLIdentifier.quoted($0) + "." } ?? "") + SQLIdentifier.quoted(name)
  }

  /// Reads a list of `String` nodes: the last is the name, the one before it the schema.
  init?(parts list: SyntaxNode) {
    let parts = list.elements.compactMap { $0["String"]?["sval"]?.text }
    guard let name = parts.last else { return nil }
    self.init(schema: parts.count > 1 ? parts[parts.count - 2] : nil, name: name)
  }

  /// Reads a `RangeVar`.
  init?(relation: SyntaxNode) {
    guard let name = relation["relname"]?.text else { return nil }
    self.init(schema: relation["schemaname"]?.text, name: name)
  }
}

/// Names inside SQL text.
package enum SQLIdentifier {
  /// The name in quotes, its own quotes doubled: right for every name that holds no NUL.
  package static func quoted(_ name: String) -> String {
    var text = "\""
    for scalar in name.unicodeScalars where scalar != "\0" {
      if scalar == "\"" { text += "\"" }
      text.unicodeScalars.append(scalar)
    }
    return text + "\""
  }
}
