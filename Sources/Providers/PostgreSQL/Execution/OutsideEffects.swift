internal import Objects
internal import Postgres
internal import SQLText
internal import Values

/// What a change may do that no rollback takes back, which is why it is not rehearsed.
struct OutsideEffects: Sendable {
  private struct Function {
    let id: Int64
    let name: String
    let language: String
    let isTrusted: Bool
    let isVolatile: Bool
    let extensionName: String?
    /// The words of its body; none where that is no text.
    let words: Set<String>
  }

  private let functions: [Function]
  private let byName: [String: [Int]]
  private let foreignTables: Set<String>

  /// Extensions in C whose volatile functions touch only the database.
  private static let harmless: Set<String> = [
    "address_standardizer", "autoinc", "btree_gin", "btree_gist", "citext", "cube",
    "fuzzystrmatch", "hstore", "insert_username", "intarray", "isn", "lo", "ltree", "moddatetime",
    "pg_stat_statements", "pg_trgm", "pgcrypto", "postgis", "refint", "tablefunc", "tcn",
    "timescaledb", "unaccent", "uuid-ossp", "vector",
  ]

  init(_ json: JSON) {
    functions = (json["functions"]?.arrayValue ?? []).map { entry in
      Function(
        id: entry["id"]?.intValue ?? 0,
        name: (entry["name"]?.stringValue ?? "").lowercased(),
        language: entry["language"]?.stringValue ?? "",
        isTrusted: entry["trusted"]?.boolValue == true,
        isVolatile: entry["volatile"]?.boolValue == true,
        extensionName: entry["extension"]?.stringValue,
        words: Self.words(of: entry["body"]?.stringValue ?? "")
      )
    }
    byName = Dictionary(grouping: functions.indices) { [functions] in functions[$0].name }
    foreignTables = Set(
      (json["foreign_tables"]?.arrayValue ?? []).compactMap(\.stringValue)
        .map { $0.lowercased() }
    )
  }

  /// Why a change is not rehearsed; nothing where a rollback takes back all that it does.
  ///
  /// A function's body is read as words: whatever it names counts as called.
  func reason(triggerFunctions: Set<Int64>, called: [QualifiedName]) -> String? {
    for function in called where FunctionPolicy.actsOutside(function) {
      return "\(function) acts outside of the transaction"
    }
    var open = functions.indices.filter { triggerFunctions.contains(functions[$0].id) }
    for function in called { open += byName[function.name.lowercased()] ?? [] }
    var seen: Set<Int> = []
    while let index = open.popLast() {
      guard seen.insert(index).inserted else { continue }
      let function = functions[index]
      if let reason = reason(function) { return reason }
      for word in function.words { open += byName[word] ?? [] }
    }
    return nil
  }

  private func reason(_ function: Function) -> String? {
    guard function.isTrusted else {
      let isHarmless =
        function.language == "internal"
        || function.extensionName.map { Self.harmless.contains($0) || !function.isVolatile } == true
      return isHarmless
        ? nil
        : "the function \(function.name) is written in \(function.language), so it may act outside"
    }
    for word in function.words.sorted() {
      if FunctionPolicy.actsOutside(QualifiedName(name: word)) {
        return "the function \(function.name) names \(word), which acts outside of the transaction"
      }
      if foreignTables.contains(word) {
        return "the function \(function.name) names \(word), whose rows another server keeps"
      }
    }
    guard function.words.isSuperset(of: ["copy", "program"]) else { return nil }
    return "the function \(function.name) runs a program with copy"
  }

  private static func words(of body: String) -> Set<String> {
    let parts = body.lowercased().split {
      !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$")
    }
    return Set(parts.map(String.init))
  }

  static let query = """
    select json_build_object(
      'functions', (select json_agg(json_build_object(
          'id', p.oid::bigint, 'name', p.proname, 'language', l.lanname,
          'trusted', l.lanpltrusted, 'volatile', p.provolatile = 'v', 'extension', e.extname,
          'body', case when l.lanpltrusted and e.extname is null
            then coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) end))
        from pg_proc p
          join pg_language l on l.oid = p.prolang
          join pg_namespace n on n.oid = p.pronamespace
          left join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid
            and d.deptype = 'e'
          left join pg_extension e on e.oid = d.refobjid
        where n.nspname not in ('pg_catalog', 'information_schema') and p.prokind in ('f', 'p')),
      'foreign_tables', (select json_agg(relname) from pg_class where relkind = 'f'))
    """
}

extension PostgresDatabase {
  func outsideEffects(in context: CallContext) throws(Failure) -> OutsideEffects {
    OutsideEffects(try value(OutsideEffects.query, in: context).json)
  }
}
