/// Whether a text may be sent as a read.
package enum Classification: Hashable, Sendable {
  /// One statement that reads, provided that none of the functions changes anything: the parser
  /// knows no catalogue, so ``FunctionPolicy`` must be asked about them.
  case read(functions: [QualifiedName])
  case write(WriteReason)
  case unreadable(SQLTextError)

  package init(_ sql: String) {
    do throws(SQLTextError) {
      let parsed = try ParsedSQL(sql)
      guard let statement = parsed.statements.first else {
        self = .write(.noStatement)
        return
      }
      guard parsed.statements.count == 1 else {
        self = .write(.severalStatements(parsed.statements.count))
        return
      }
      self = statement.classification
    } catch {
      self = .unreadable(error)
    }
  }
}

/// What makes a statement more than a read.
package enum WriteReason: Hashable, Sendable {
  case noStatement
  case severalStatements(Int)
  /// The statement is none of `select`, `values`, `table`, `show` and `explain`.
  case notAQuery(String)
  /// `insert`, `update`, `delete` or `merge` inside a `with` or an `explain`.
  case changesData(String)
  case explainAnalyze
  case selectInto
  case locksRows
  case changingFunction(QualifiedName)

  package var message: String {
    switch self {
    case .noStatement: "there is no statement"
    case .severalStatements(let count): "a read must be one statement, but these are \(count)"
    case .notAQuery(let name): "\(name) is not a read"
    case .changesData(let name): "\(name) inside the statement changes data"
    case .explainAnalyze: "explain analyze runs the statement"
    case .selectInto: "select into creates a table"
    case .locksRows: "for update and for share lock rows"
    case .changingFunction(let name): "the function \(name) changes something"
    }
  }
}

extension Statement {
  package var classification: Classification {
    guard kind == "SelectStmt" || kind == "ExplainStmt" || kind == "VariableShowStmt" else {
      return .write(.notAQuery(Self.words(kind)))
    }
    if kind == "ExplainStmt", let reason = explainReason { return .write(reason) }
    for node in node.descendants {
      if let reason = Self.reason(of: node) { return .write(reason) }
    }
    let functions = functions
    if let name = functions.first(where: FunctionPolicy.isDenied) {
      return .write(.changingFunction(name))
    }
    return .read(functions: functions)
  }

  private var explainReason: WriteReason? {
    let options = node["options"]?.elements.compactMap { $0["DefElem"]?["defname"]?.text } ?? []
    guard !options.contains("analyze") else { return .explainAnalyze }
    guard let explained = node["query"]?.members.first, !explained.isNamed("SelectStmt") else {
      return nil
    }
    return .notAQuery("explain of " + Self.words(explained.name))
  }

  private static func reason(of node: SyntaxNode) -> WriteReason? {
    if node.isNamed("intoClause") { return .selectInto }
    if node.isNamed("lockingClause") { return .locksRows }
    let changing: [StaticString] = ["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]
    for name in changing where node.isNamed(name) { return .changesData(words(node.name)) }
    return nil
  }

  /// `CreateTableAsStmt` as `create table as`.
  private static func words(_ kind: String) -> String {
    var text = ""
    for character in kind.hasSuffix("Stmt") ? kind.dropLast(4) : kind[...] {
      if character.isUppercase, !text.isEmpty { text += " " }
      text += character.lowercased()
    }
    return text
  }
}
