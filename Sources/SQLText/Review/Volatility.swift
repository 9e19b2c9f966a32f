/// Whether an expression gives the same value for every row of a statement.
enum Volatility {
  case stable
  case volatile(function: String)
  case unknown(function: String)

  init(of expression: SyntaxNode, _ facts: DatabaseFacts?) {
    var unknown: String?
    for call in expression.callsWithin {
      guard let name = call["funcname"].flatMap({ QualifiedName(parts: $0) }) else { continue }
      if Self.changing.contains(name.name) {
        self = .volatile(function: name.name)
        return
      }
      if Self.isStable(name) { continue }
      switch facts?.volatilities[name.name] {
      case "v":
        self = .volatile(function: name.name)
        return
      // A function that is not there is one of the server's, of which the volatile ones are known.
      case nil where facts == nil: unknown = unknown ?? name.name
      default: break
      }
    }
    self = unknown.map { .unknown(function: $0) } ?? .stable
  }

  private static func isStable(_ name: QualifiedName) -> Bool {
    name.schema == "pg_catalog" || unchanging.contains(name.name)
  }

  /// Of the server and of the extensions that come with it.
  private static let changing: Set<String> = [
    "clock_timestamp", "currval", "gen_random_bytes", "gen_random_uuid", "gen_salt", "lastval",
    "nextval", "random", "random_normal", "setval", "timeofday",
    "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "uuidv4", "uuidv7", "pg_sleep",
    "nanoid", "cuid", "gen_ulid", "uuid_generate_v7", "pg_current_xact_id", "txid_current",
  ]

  /// The functions of the server that stand in defaults.
  private static let unchanging: Set<String> = [
    "abs", "array_append", "array_fill", "array_length", "array_to_string", "btrim", "ceil",
    "char_length", "chr", "coalesce", "concat", "concat_ws", "convert_from", "convert_to",
    "current_database", "current_schema", "current_setting", "date_part", "date_trunc", "daterange",
    "decode", "encode", "extract", "floor", "format", "get_byte", "host", "inet_client_addr",
    "initcap", "int4range", "int8range", "json_build_array", "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object", "jsonb_set", "left", "length", "lower", "lpad", "ltrim", "make_date",
    "make_interval", "make_time", "make_timestamp", "make_timestamptz", "md5", "mod", "now",
    "num_nonnulls", "numrange", "overlay", "position", "pg_backend_pid", "power", "quote_ident",
    "quote_literal", "regexp_replace", "repeat", "replace", "reverse", "right", "round", "rpad",
    "rtrim", "session_user", "sha256", "split_part", "sqrt", "statement_timestamp",
    "string_to_array",
    "strpos", "substr", "substring", "timezone", "to_char", "to_date", "to_hex", "to_json",
    "to_jsonb", "to_number", "to_timestamp", "to_tsvector", "transaction_timestamp", "trim",
    "trunc",
    "tsrange", "tstzrange", "upper", "uuid_nil",
  ]
}

extension SyntaxNode {
  /// The function calls below this node, itself included.
  var callsWithin: [SyntaxNode] {
    (isNamed("FuncCall") ? [self] : []) + descendants.filter { $0.isNamed("FuncCall") }
  }
}
