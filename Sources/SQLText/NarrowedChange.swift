/// An update or delete of one table with the condition that narrows it, taken apart so that it can be done for
/// some of its rows at a time.
package struct NarrowedChange: Sendable {
  package enum Verb: String, Sendable {
    case update, delete
  }

  /// Why a statement is none.
  package enum Refusal: Error, Hashable, Sendable {
    case notAChange
    /// `from`, `using`: another table decides which rows are changed, and how often.
    case otherTables
    case with
    case returning
    case cursor
    /// A query inside reads the table that is changed, so that what is done first changes the rest.
    case readsItself(QualifiedName)
    case notOneStatement

    package var message: String {
      switch self {
      case .notAChange: "only an update or delete can be done in batches"
      case .otherTables: "a statement that joins other tables can not be done in batches"
      case .with: "a statement that begins with 'with' can not be done in batches"
      case .returning: "a statement with 'returning' can not be done in batches"
      case .cursor: "'where current of' names one row, which is no batch"
      case .readsItself(let table):
        "a query inside it reads \(table), so its first batch would change what the next one does"
      case .notOneStatement: "only one statement can be done in batches"
      }
    }
  }

  package let verb: Verb
  package let table: QualifiedName
  /// Children that inherit from it stay as they are.
  package let isOnly: Bool
  /// What its columns are qualified with.
  package let alias: String
  /// All before the `where`.
  package let head: String
  /// All behind it.
  package let condition: String
  /// The columns that get new values.
  package let assignedColumns: [String]
  /// The functions that the condition calls.
  package let conditionFunctions: [QualifiedName]

  package init(_ text: String) throws(Refusal) {
    guard let parsed = try? ParsedSQL(text), let statement = parsed.statements.first,
      parsed.statements.count == 1
    else { throw .notOneStatement }
    let node = statement.node
    switch statement.kind {
    case "UpdateStmt": verb = .update
    case "DeleteStmt": verb = .delete
    default: throw .notAChange
    }
    guard node["withClause"] == nil else { throw .with }
    guard node["returningList"] == nil else { throw .returning }
    guard node["fromClause"] == nil, node["usingClause"] == nil else { throw .otherTables }
    guard let relation = node["relation"], let table = QualifiedName(relation: relation) else {
      throw .notAChange
    }
    let clause = node["whereClause"]?.members.first
    guard clause?.isNamed("CurrentOfExpr") != true else { throw .cursor }
    let reads = node.descendants.contains {
      $0.isNamed("RangeVar") && $0["relname"]?.text == table.name
    }
    guard !reads else { throw .readsItself(table) }
    self.table = table
    isOnly = relation["inh"]?.isTrue != true
    alias = relation["alias"]?["aliasname"]?.text ?? table.name
    assignedColumns = (node["targetList"]?.elements ?? []).compactMap {
      $0["ResTarget"]?["name"]?.text
    }
    conditionFunctions = RowCondition(of: statement, in: text)?.functions ?? []
    let bytes = Array(text.utf8)
    let end = min(bytes.count, statement.offset + statement.length)
    let place = clause == nil ? nil : Self.placeOfWhere(in: text, statement)
    head = String(decoding: bytes[statement.offset..<(place ?? end)], as: UTF8.self)
    condition = place.map { String(decoding: bytes[($0 + 5)..<end], as: UTF8.self) } ?? " true"
  }

  /// Where the statement's own `where` begins: the only one that stands in no parentheses.
  private static func placeOfWhere(in text: String, _ statement: Statement) -> Int? {
    let code = SQLRegion.code(of: text)
    let word = Array("where".utf8)
    var depth = 0
    var index = statement.offset
    while index + word.count <= code.count {
      switch code[index] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      default:
        let isWord = zip(word, code[index...]).allSatisfy { $0 == $1 | 0x20 }
        if depth == 0, isWord, isBorder(code, index - 1), isBorder(code, index + word.count) {
          return index
        }
      }
      index += 1
    }
    return nil
  }

  private static func isBorder(_ code: [UInt8], _ index: Int) -> Bool {
    guard code.indices.contains(index) else { return true }
    let byte = code[index]
    let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    return !(isDigit || isLetter || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$"))
      && byte < 0x80
  }
}
