/// A column's type, as a statement or the catalogue writes it, under one name for all its spellings.
struct ColumnType: Hashable {
  /// The catalogue's name, such as `varchar`, `int4`, `timestamptz`; in lower case where it is
  /// built in.
  var name: String
  var schema: String?
  /// `(10, 2)`; empty where none are given.
  var modifiers: [Int] = []
  var isArray = false
  /// An interval of certain fields, such as `interval day to second`.
  var hasFields = false

  /// Reads a `TypeName`.
  init?(_ node: SyntaxNode) {
    guard let name = node["names"].flatMap({ QualifiedName(parts: $0) }) else { return nil }
    self.name = name.name
    schema = name.schema
    if schema == "pg_catalog" { schema = nil }
    // `typmod` of an interval comes as its fields, then its precision.
    let constants =
      node["typmods"]?.elements.map { $0["A_Const"]?["ival"]?["ival"]?.int ?? 0 } ?? []
    modifiers = constants
    isArray = node["arrayBounds"] != nil
    if name.name == "interval", let fields = constants.first {
      // Fields that go down to the second are all that an interval has.
      hasFields = fields != 0x7FFF && fields & (1 << 12) == 0
      modifiers = Array(constants.dropFirst())
    }
    if name.name == "bpchar", schema == nil, constants.isEmpty { modifiers = [] }
  }

  /// Reads what `format_type` gives.
  init(catalogue text: String) {
    var rest = text[...]
    if rest.hasSuffix("[]") {
      isArray = true
      while rest.hasSuffix("[]") { rest = rest.dropLast(2) }
    }
    if let open = rest.firstIndex(of: "("), let close = rest.firstIndex(of: ")") {
      modifiers = rest[rest.index(after: open)..<close].split(separator: ",")
        .compactMap { Int($0.filter { $0 != " " }) }
      rest = rest[..<open] + rest[rest.index(after: close)...]
    }
    var word = String(rest)
    if word.hasPrefix("interval "), word.contains(where: { $0 != " " }) {
      hasFields = word.dropFirst(9).contains { $0.isLetter } && !word.hasSuffix("second")
      word = "interval"
    }
    name = Self.catalogueNames[word] ?? word
    if Self.catalogueNames[word] == nil, let dot = word.firstIndex(of: ".") {
      schema = Self.unquoted(word[..<dot])
      name = Self.unquoted(word[word.index(after: dot)...])
    } else {
      name = Self.unquoted(name[...])
    }
  }

  private static func unquoted(_ word: Substring) -> String {
    guard word.hasPrefix("\""), word.hasSuffix("\""), word.count > 1 else { return String(word) }
    return String(word.dropFirst().dropLast())
  }

  private static let catalogueNames: [String: String] = [
    "bigint": "int8", "integer": "int4", "smallint": "int2", "boolean": "bool", "real": "float4",
    "double precision": "float8", "character varying": "varchar", "character": "bpchar",
    "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz",
    "time without time zone": "time", "time with time zone": "timetz", "bit varying": "varbit",
    "\"char\"": "char",
  ]

  private static let builtIn: Set<String> = [
    "bigint", "bigserial", "bit", "bool", "boolean", "box", "bpchar", "bytea", "char", "cidr",
    "circle", "date", "daterange", "decimal", "float4", "float8", "inet", "int", "int2", "int4",
    "int4range", "int8", "int8range", "integer", "interval", "json", "jsonb", "jsonpath", "line",
    "lseg", "macaddr", "macaddr8", "money", "name", "numeric", "numrange", "oid", "path", "pg_lsn",
    "point", "polygon", "real", "regclass", "regproc", "regtype", "serial", "serial2", "serial4",
    "serial8", "smallint", "smallserial", "text", "tid", "time", "timestamp", "timestamptz",
    "timetz", "tsquery", "tsrange", "tstzrange", "tsvector", "txid_snapshot", "uuid", "varbit",
    "varchar", "xid", "xid8", "xml", "int4multirange", "int8multirange", "nummultirange",
    "tsmultirange", "tstzmultirange", "datemultirange", "citext", "hstore", "ltree", "vector",
    "geometry", "geography",
  ]

  /// Whether it is one of the server's types, or one that a common extension brings: no domain.
  var isBuiltIn: Bool { schema == nil && Self.builtIn.contains(name) }

  var qualifiedName: QualifiedName { QualifiedName(schema: schema, name: name) }

  var isSerial: Bool {
    schema == nil
      && ["serial", "serial2", "serial4", "serial8", "bigserial", "smallserial"].contains(name)
  }
}

extension ColumnType {
  /// Whether the server writes the table anew when a column of this type gets the other one; `isUTC`
  /// says whether the session's time zone has no offset (`ATColumnChangeRequiresRewrite`).
  func needsRewrite(to other: ColumnType, isUTC: Bool) -> Bool {
    if isArray || other.isArray {
      return !(isArray && other.isArray && name == other.name && modifiers == other.modifiers)
    }
    if name == other.name && schema == other.schema { return narrows(to: other) }
    if Self.numbered.contains(name), Self.numbered.contains(other.name) { return false }
    switch (name, other.name) {
    case ("varchar", "text"), ("cidr", "inet"), ("xml", "text"): return false
    case ("text", "varchar"): return !other.modifiers.isEmpty
    case ("xml", "varchar"): return !other.modifiers.isEmpty
    case ("timestamp", "timestamptz"), ("timestamptz", "timestamp"):
      return !isUTC || (other.modifiers.first ?? 6) != 6
    case ("bit", "varbit"): return !other.modifiers.isEmpty
    default: return true
    }
  }

  /// Types that are the same four bytes.
  private static let numbered: Set<String> = ["int4", "oid", "regclass", "regproc", "regtype"]

  /// Whether a type with other modifiers than its own has to be written anew.
  private func narrows(to other: ColumnType) -> Bool {
    if modifiers == other.modifiers && hasFields == other.hasFields { return false }
    switch name {
    case "varchar", "varbit": return Self.isShorter(from: modifiers, to: other.modifiers, all: nil)
    case "numeric":
      guard let precision = other.modifiers.first else { return false }
      guard let before = modifiers.first else { return true }
      let scale = modifiers.count > 1 ? modifiers[1] : 0
      let scaleAfter = other.modifiers.count > 1 ? other.modifiers[1] : 0
      return precision < before || scale != scaleAfter
    case "timestamp", "timestamptz", "time", "timetz":
      return Self.isShorter(from: modifiers, to: other.modifiers, all: 6)
    case "interval":
      return other.hasFields || Self.isShorter(from: modifiers, to: other.modifiers, all: 6)
    default: return true
    }
  }

  /// Without a modifier a type is as long as it can be.
  private static func isShorter(from old: [Int], to new: [Int], all longest: Int?) -> Bool {
    guard let after = new.first, after != longest else { return false }
    guard let before = old.first else { return true }
    return after < before
  }
}
