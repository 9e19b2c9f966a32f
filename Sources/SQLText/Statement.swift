/// One statement of a text.
package struct Statement: Sendable {
  /// Its place among the statements, counted from 0.
  package let index: Int
  /// Where it begins, in bytes of UTF-8; white space and comments before it count as its own.
  package let offset: Int
  package let length: Int
  /// The parser's name for it, such as `SelectStmt`.
  package let kind: String
  let node: SyntaxNode

  init(_ node: SyntaxNode, index: Int, offset: Int, length: Int) {
    self.node = node
    self.index = index
    self.offset = offset
    self.length = length
    kind = node.name
  }

  /// The highest `$n`, which is the number of binds that the statement wants.
  package var parameterCount: Int {
    node.descendants.lazy
      .filter { $0.isNamed("ParamRef") }
      .compactMap { $0["number"]?.int }
      .max() ?? 0
  }

  /// Every function that the statement calls by name, each once, in the order of the text.
  package var functions: [QualifiedName] {
    var seen: Set<QualifiedName> = []
    var names: [QualifiedName] = []
    for call in node.descendants where call.isNamed("FuncCall") {
      guard let list = call["funcname"], let name = QualifiedName(parts: list) else { continue }
      if seen.insert(name).inserted { names.append(name) }
    }
    return names
  }

  /// Whether it begins or ends a transaction, or sets a savepoint.
  package var isTransactionControl: Bool { kind == "TransactionStmt" }
}
