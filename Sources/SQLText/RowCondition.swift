/// The condition that narrows an update or delete.
///
/// Says whether it narrows at all: `where true` has many disguises. What is claimed to hold for every
/// row does; what only the data can tell (`where length(name) >= 0`) is not seen here.
package struct RowCondition: Sendable {
  /// The table that is changed.
  package let table: QualifiedName
  let node: SyntaxNode
  /// What its columns may be qualified with.
  let alias: String
  /// No other table stands beside it, so that a bare name is a column of it.
  let standsAlone: Bool
  /// The text that the statement stands in: the tree leaves out numbers below one.
  let source: [UInt8]

  /// The condition of a statement that is an update or delete and has one.
  package init?(of statement: Statement, in text: String) {
    let isChange = statement.kind == "UpdateStmt" || statement.kind == "DeleteStmt"
    guard isChange, let node = statement.node["whereClause"]?.members.first,
      let relation = statement.node["relation"], let table = QualifiedName(relation: relation)
    else { return nil }
    self.table = table
    self.node = node
    alias = relation["alias"]?["aliasname"]?.text ?? table.name
    standsAlone = statement.node["fromClause"] == nil && statement.node["usingClause"] == nil
    source = Array(text.utf8)
  }

  /// Whether it lets every row through.
  ///
  /// - Parameters:
  ///   - columns: those of the table that hold no nulls.
  ///   - binds: what `$1`, `$2`, … are; nothing for what is not known.
  package func holdsForEveryRow(
    notNull columns: Set<String>,
    binds: [SQLConstant?] = []
  ) -> Bool {
    ConditionReader(condition: self, notNull: columns, binds: binds).truth(of: node) == .yes
  }

  /// Every function that it calls, each once.
  package var functions: [QualifiedName] {
    var names: [QualifiedName] = []
    for call in node.descendants where call.isNamed("FuncCall") {
      guard let list = call["funcname"], let name = QualifiedName(parts: list) else { continue }
      if !names.contains(name) { names.append(name) }
    }
    if node.isNamed("FuncCall"), let name = node["funcname"].flatMap({ QualifiedName(parts: $0) }),
      !names.contains(name)
    {
      names.append(name)
    }
    return names
  }
}
