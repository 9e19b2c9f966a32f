/// A table that a statement writes, as far as the text shows: triggers, cascades and functions write
/// more.
package struct TableChange: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    case insert, update, delete, merge, truncate
    /// The definition changes: `create`, `alter`, `drop`, …
    case definition
  }

  package var kind: Kind
  package var table: QualifiedName
  /// Whether a WHERE narrows an update or delete; true for every other kind.
  package var hasCondition: Bool
  /// In bytes of the whole text.
  package var offset: Int
}

extension Statement {
  /// Every table that the statement writes, those inside a `with` or `explain analyze` included.
  package var tableChanges: [TableChange] {
    var changes = node.changes(within: self)
    for inner in node.descendants { changes += inner.changes(within: self) }
    if changes.isEmpty, isDefinition { changes = definitionChanges }
    return changes
  }

  private var isDefinition: Bool {
    ["Create", "Alter", "Drop", "Index", "Rename", "View", "Refresh", "Comment", "Grant", "Rule"]
      .contains { kind.hasPrefix($0) } || kind == "DefineStmt" || kind == "ClusterStmt"
  }

  private var definitionChanges: [TableChange] {
    if kind == "DropStmt" {
      return droppedNames.map {
        TableChange(kind: .definition, table: $0, hasCondition: true, offset: offset)
      }
    }
    let ranges = node.descendants.filter {
      $0.isNamed("relation") || $0.isNamed("rel") || $0.isNamed("view") || $0.isNamed("RangeVar")
    }
    guard let first = ranges.first(where: { $0["relname"] != nil }),
      let table = QualifiedName(relation: first)
    else { return [] }
    let place = first["location"]?.int ?? offset
    return [TableChange(kind: .definition, table: table, hasCondition: true, offset: place)]
  }

  var droppedNames: [QualifiedName] {
    node["objects"]?.elements.compactMap { object in
      if let items = object["List"]?["items"] { return QualifiedName(parts: items) }
      return object["String"]?["sval"]?.text.map { QualifiedName(name: $0) }
    } ?? []
  }
}

extension SyntaxNode {
  fileprivate func changes(within statement: Statement) -> [TableChange] {
    if isNamed("TruncateStmt") {
      return (self["relations"]?.elements ?? []).compactMap {
        change(.truncate, $0["RangeVar"], true, statement)
      }
    }
    let kinds: [(StaticString, TableChange.Kind)] = [
      ("InsertStmt", .insert), ("UpdateStmt", .update), ("DeleteStmt", .delete),
      ("MergeStmt", .merge),
    ]
    for (name, kind) in kinds where isNamed(name) {
      let isNarrowing = kind == .update || kind == .delete
      let hasCondition = !isNarrowing || self["whereClause"] != nil
      return change(kind, self["relation"], hasCondition, statement).map { [$0] } ?? []
    }
    return []
  }

  private func change(
    _ kind: TableChange.Kind,
    _ relation: SyntaxNode?,
    _ hasCondition: Bool,
    _ statement: Statement
  ) -> TableChange? {
    guard let relation, let table = QualifiedName(relation: relation) else { return nil }
    let place = relation["location"]?.int ?? statement.offset
    return TableChange(kind: kind, table: table, hasCondition: hasCondition, offset: place)
  }
}
