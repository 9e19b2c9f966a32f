/// The definition of a column in an ALTER TABLE or CREATE TABLE.
struct AddedColumn {
  let node: SyntaxNode
  let name: String
  let table: QualifiedName
  let mode: LockMode
  let offset: Int
  let type: ColumnType?
  let constraints: [SyntaxNode]

  init(_ node: SyntaxNode, name: String, table: QualifiedName, mode: LockMode, offset: Int) {
    self.node = node
    self.name = name
    self.table = table
    self.mode = mode
    self.offset = offset
    type = node["typeName"].flatMap { ColumnType($0) }
    constraints = node["constraints"]?.elements.compactMap { $0["Constraint"] } ?? []
  }

  func constraint(_ kind: String) -> SyntaxNode? {
    constraints.first { $0["contype"]?.text == kind }
  }

  var foreignKeys: [SyntaxNode] { constraints.filter { $0["contype"]?.text == "CONSTR_FOREIGN" } }
  var isUnique: Bool { constraint("CONSTR_UNIQUE") != nil || constraint("CONSTR_PRIMARY") != nil }
  var isSerial: Bool { type?.isSerial ?? false }
  var isRequired: Bool {
    constraint("CONSTR_NOTNULL") != nil || constraint("CONSTR_PRIMARY") != nil
  }

  /// Whether old rows get a value.
  var isFilled: Bool {
    isSerial || constraint("CONSTR_IDENTITY") != nil || constraint("CONSTR_GENERATED") != nil
      || defaultValue != nil
  }

  /// Nil where there is none, and where it is NULL.
  var defaultValue: SyntaxNode? {
    guard let value = constraint("CONSTR_DEFAULT")?["raw_expr"]?.members.first else { return nil }
    return value["isnull"] == nil ? value : nil
  }

  /// The type as the statement writes it.
  func typeText(_ source: MigrationSource) -> String {
    guard !isSerial else {
      return switch type?.name {
      case "serial", "serial4": "integer"
      case "serial2", "smallserial": "smallint"
      default: "bigint"
      }
    }
    guard let type else { return "" }
    let arguments =
      type.modifiers.isEmpty ? "" : "(\(type.modifiers.map(String.init).joined(separator: ",")))"
    let name = QualifiedName(schema: type.schema, name: type.name)
    return (type.isBuiltIn ? type.name : name.sql) + arguments + (type.isArray ? "[]" : "")
  }

  /// The column by itself, its default apart, the old rows in batches.
  func saferSQL(_ source: MigrationSource) -> String {
    let column = SQLIdentifier.quoted(name)
    var lines = ["ALTER TABLE \(table.sql) ADD COLUMN \(column) \(typeText(source));"]
    if let value = defaultValue, let call = value["funcname"].flatMap({ QualifiedName(parts: $0) }),
      value["args"] == nil
    {
      lines.append("ALTER TABLE \(table.sql) ALTER COLUMN \(column) SET DEFAULT \(call.sql)();")
    }
    lines.append("-- a later migration, in batches:")
    lines.append("UPDATE \(table.sql) SET \(column) = … WHERE \(column) IS NULL AND …;")
    return lines.joined(separator: "\n")
  }
}
