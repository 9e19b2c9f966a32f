/// Something in a migration that loses data, or may.
package struct MigrationFinding: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case dropTable, dropColumn, dropSchema, dropDatabase
    /// `drop … cascade`: takes along what is not named.
    case dropCascade
    case truncate
    case deleteWithoutCondition, updateWithoutCondition
    /// A column gets a type that can not hold everything its old type may have held.
    case narrowColumnType
  }

  package var kind: Kind
  /// What is lost, as the statement names it.
  package var table: QualifiedName?
  package var column: String?
  /// The statement, counted from 0.
  package var statement: Int
  /// In bytes of the whole text.
  package var offset: Int
}

extension ParsedSQL {
  /// Everything in the text that loses data, or may, in the order of the text.
  package var destructiveFindings: [MigrationFinding] {
    statements.flatMap(\.destructiveFindings)
  }
}

extension Statement {
  var destructiveFindings: [MigrationFinding] {
    (droppedObjects + alteredColumns + lostRows).sorted { $0.offset < $1.offset }
  }

  private func finding(
    _ kind: MigrationFinding.Kind,
    _ table: QualifiedName?,
    column: String? = nil,
    at place: Int? = nil
  ) -> MigrationFinding {
    MigrationFinding(
      kind: kind,
      table: table,
      column: column,
      statement: index,
      offset: place ?? offset
    )
  }

  private var droppedObjects: [MigrationFinding] {
    if kind == "DropdbStmt" {
      return [finding(.dropDatabase, node["dbname"]?.text.map { QualifiedName(name: $0) })]
    }
    guard kind == "DropStmt" else { return [] }
    var findings: [MigrationFinding] = []
    for name in droppedNames {
      switch node["removeType"]?.text {
      case "OBJECT_TABLE", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE":
        findings.append(finding(.dropTable, name))
      case "OBJECT_SCHEMA": findings.append(finding(.dropSchema, name))
      default: break
      }
      if node["behavior"]?.text == "DROP_CASCADE" { findings.append(finding(.dropCascade, name)) }
    }
    return findings
  }

  private var alteredColumns: [MigrationFinding] {
    guard kind == "AlterTableStmt", let relation = node["relation"] else { return [] }
    let table = QualifiedName(relation: relation)
    var findings: [MigrationFinding] = []
    for element in node["cmds"]?.elements ?? [] {
      guard let command = element["AlterTableCmd"] else { continue }
      let column = command["name"]?.text
      switch command["subtype"]?.text {
      case "AT_DropColumn": findings.append(finding(.dropColumn, table, column: column))
      case "AT_AlterColumnType":
        let definition = command["def"]?["ColumnDef"]
        if let type = definition?["typeName"], !Self.holdsEverything(type) {
          let place = definition?["location"]?.int
          findings.append(finding(.narrowColumnType, table, column: column, at: place))
        }
      default: break
      }
      if command["behavior"]?.text == "DROP_CASCADE" {
        findings.append(finding(.dropCascade, table, column: column))
      }
    }
    return findings
  }

  /// The text does not show the old type; these types hold what any common type held.
  private static func holdsEverything(_ type: SyntaxNode) -> Bool {
    guard let name = type["names"].flatMap({ QualifiedName(parts: $0) })?.name else { return false }
    return ["text", "varchar", "numeric"].contains(name) && type["typmods"] == nil
  }

  private var lostRows: [MigrationFinding] {
    tableChanges.compactMap { change in
      switch change.kind {
      case .truncate: finding(.truncate, change.table, at: change.offset)
      case .delete where !change.hasCondition:
        finding(.deleteWithoutCondition, change.table, at: change.offset)
      case .update where !change.hasCondition:
        finding(.updateWithoutCondition, change.table, at: change.offset)
      default: nil
      }
    }
  }
}
