import Foundation
import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

/// Random values of every built-in type: read, compared with the server's own text, and bound again.
@Suite(.needsServer, .timeLimit(.minutes(3))) struct PostgreSQLTypeTests {
  /// A seed that is printed, so that a failure can be made again with `OPSH_SEED`.
  private static let seed =
    ProcessInfo.processInfo.environment["OPSH_SEED"].flatMap { UInt64($0) }
    ?? .random(in: 1...1_000_000)

  struct Sample: Sendable, CustomTestStringConvertible {
    var type: String
    /// The kind of value that an ordinary one becomes.
    var kind: String
    /// In the server's notation; nothing is null.
    var literals: [String?]
    /// How the server compares two of them where `=` does not say it.
    var comparison = "%a is not distinct from %b"

    var testDescription: String { type }
  }

  private static func kind(of value: Value) -> String {
    switch value {
    case .nothing: "nothing"
    case .bool: "bool"
    case .int: "int"
    case .number: "number"
    case .text: "text"
    case .time: "time"
    case .duration: "duration"
    case .list: "list"
    case .record: "record"
    default: "another"
    }
  }

  // MARK: - What is read

  @Test(arguments: Samples(seed: PostgreSQLTypeTests.seed).all)
  func `a value is what the server has, or the server's text`(_ sample: Sample) throws {
    let database = try Self.database.get()
    let comment = Comment(rawValue: "OPSH_SEED=\(Self.seed)")
    let columns = sample.literals.enumerated().map { index, literal in
      let quoted = literal.map { "'" + $0.replacing("'", with: "''") + "'" } ?? "null"
      let cast = "\(quoted)::\(sample.type)"
      // What a type prints as is not always what its cast to text gives: format prints it.
      return "\(cast) as v\(index), case when \(cast) is not null or \(cast)::text is not null"
        + " then format('%s', \(cast)) end as t\(index)"
    }
    let row = try #require(
      try database.query("select " + columns.joined(separator: ", ")).first,
      comment
    )
    var kinds: [String: Int] = [:]
    for index in sample.literals.indices {
      let (value, text) = (row.cells[2 * index], row.cells[2 * index + 1])
      kinds[Self.kind(of: value), default: 0] += 1
      switch (value, text) {
      case (.nothing, .nothing):
        #expect(sample.literals[index] == nil || sample.type.hasPrefix("json"))
      case (.text(let found), .text(let expected)) where !sample.type.hasPrefix("json"):
        #expect(found == expected, comment)
      case (.int(let number), .text(let expected)): #expect(String(number) == expected, comment)
      case (.bool(let flag), .text(let expected)): #expect((flag ? "t" : "f") == expected, comment)
      case (.number(let number), .text(let expected)):
        #expect(Double(expected) == number, comment)
      default: #expect(sample.literals[index] != nil, comment)
      }
    }
    // Without this a decoder that gives texts only would pass.
    #expect(kinds[sample.kind, default: 0] * 2 >= sample.literals.count, "\(kinds) \(comment)")
    try bindsAgain(sample, row, comment, database)
  }

  /// The values go back, and the server finds them equal to what they came from.
  private func bindsAgain(
    _ sample: Sample,
    _ row: Record,
    _ comment: Comment,
    _ database: TestDatabase
  ) throws {
    let columns = sample.literals.enumerated().map { index, literal in
      let quoted = literal.map { "'" + $0.replacing("'", with: "''") + "'" } ?? "null"
      return "("
        + sample.comparison
        .replacing("%a", with: "\(quoted)::\(sample.type)")
        .replacing("%b", with: "?::\(sample.type)") + ") as same\(index)"
    }
    let values = sample.literals.indices.map { index -> Value in
      let value = row.cells[2 * index]
      // A text of JSON is bound as what it says, as `| as json` makes it.
      guard sample.type.hasPrefix("json"), sample.literals[index] != nil else { return value }
      if case .text(let text) = value, text == row.cells[2 * index + 1].asText { return value }
      return .text(value.json.text)
    }
    let sql = "select " + columns.joined(separator: ", ")
    let fragments = sql.split(separator: "?", omittingEmptySubsequences: false).map(String.init)
    let template = SQLTemplate(fragments: fragments, parameters: values)
    let stream = try database.service.query(template, in: database.context)
    guard case .record(let found)? = try stream.next() else {
      Issue.record("no row")
      return
    }
    for index in sample.literals.indices {
      #expect(
        found.cells[index] == .bool(true),
        "\(sample.literals[index] ?? "null") as \(row.cells[2 * index].text) \(comment)"
      )
    }
  }

  private static let database = Result {
    try TestDatabase(
      """
      create type mood as enum ('good', 'so, so', 'it''s "bad"');
      create type pair as (a int, b text);
      create domain small as int check (value < 100);
      create domain words as text
      """
    )
  }

  @Test func `lists in lists are arrays of more dimensions, and records are JSON`() throws {
    let database = try Self.database.get()
    let row = try database.query(
      """
      select ?::int[] as a, ?::text[] as b, array_dims(?::int[]) as c,
        (select sum(x.n) from jsonb_to_recordset(?::jsonb) as x(n int)) as d
      """,
      .list([.list([.int(1), .nothing]), .list([.int(3), .int(4)])]),
      .list([.list([.text("a,\"b"), .text("NULL")]), .list([.nothing, .text("")])]),
      .list([.list([.list([.int(1)]), .list([.int(2)])])]),
      .list([.record(Record(["n": .int(3)])), .record(Record(["n": .int(4)]))])
    )[0]
    #expect(row["a"] == .list([.list([.int(1), .nothing]), .list([.int(3), .int(4)])]))
    #expect(
      row["b"]
        == .list([.list([.text("a,\"b"), .text("NULL")]), .list([.nothing, .text("")])])
    )
    #expect(row["c"] == .text("[1:1][1:2][1:1]"))
    #expect(row["d"] == .int(7))
    let deep = (1...7).reduce(Value.int(1)) { inner, _ in .list([inner]) }
    let refused = failure { () throws(Failure) in try database.query("select ?::int[]", deep) }
    #expect(refused?.message.contains("nests deeper than six") == true)
  }

  @Test func `what a number would lose is kept as text`() throws {
    let database = try Self.database.get()
    let cases: [(String, Value)] = [
      ("'1e-400'::numeric", .text("0." + String(repeating: "0", count: 399) + "1")),
      ("'12345678901234567890'::numeric", .text("12345678901234567890")),
      ("'{\"a\": 12345678901234567890}'::jsonb", .text("{\"a\": 12345678901234567890}")),
      ("'{\"a\": 0.12345678901234567}'::json", .text("{\"a\": 0.12345678901234567}")),
      ("'{\"a\": 1, \"a\": 2}'::json", .text("{\"a\": 1, \"a\": 2}")),
      (
        "'{\"a\": \"12345678901234567890\"}'::json",
        .record(Record(["a": .text("12345678901234567890")]))
      ),
      ("'[0:1]={1,2}'::int[]", .text("[0:1]={1,2}")),
      ("'{1,NaN}'::float8[]", .list([.text("1"), .text("NaN")])),
      ("'{1,2.5,NULL}'::numeric[]", .list([.int(1), .number(2.5), .nothing])),
      ("'{10.0.0.1,NULL}'::inet[]", .list([.text("10.0.0.1"), .nothing])),
      ("'{(1,2),(3,4);(5,6),(7,8)}'::box[]", .text("{(3,4),(1,2);(7,8),(5,6)}")),
      ("'294276-12-31 23:59:59.999999+00'::timestamptz", .text("294276-12-31 23:59:59.999999+00")),
      ("'4713-01-01 BC'::date", .text("4713-01-01 BC")),
    ]
    for (sql, value) in cases {
      #expect(try database.query("select \(sql) as it")[0]["it"] == value, "\(sql)")
    }
  }
}

/// Random values of each built-in type, and the ones at its edges.
private struct Samples {
  private var random: SplitMix64

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
  }

  private mutating func many(_ count: Int = 12, _ one: (inout SplitMix64) -> String) -> [String] {
    (0..<count).map { _ in one(&random) }
  }

  var all: [PostgreSQLTypeTests.Sample] {
    var samples = self
    return samples.make()
  }

  private mutating func make() -> [PostgreSQLTypeTests.Sample] {
    typealias Sample = PostgreSQLTypeTests.Sample
    let texts = many(16, Self.text)
    let list =
      numbers() + moments()
      + ["text", "varchar", "words"].map {
        Sample(type: $0, kind: "text", literals: texts + ["", nil, "NULL", "null", "{}", "\\x00"])
      }
      + [
        Sample(
          type: "text[]",
          kind: "list",
          literals: [
            "{" + texts.map(Self.quoted).joined(separator: ",") + ",NULL,\"NULL\",\"\"}", "{}",
            "{{a,b},{NULL,\"\"}}", nil, "{{{\"\\\\\"}},{{\"\\\"\"}}}",
          ]
        ),
        Sample(type: "varchar(5)", kind: "text", literals: ["abc", "", nil, "é🙂", "12345"]),
        Sample(type: "char(5)", kind: "text", literals: ["abc", "", nil, "é🙂"]),
        Sample(type: "\"char\"", kind: "text", literals: ["a", "", nil, "'", "\\"]),
        Sample(type: "name", kind: "text", literals: ["Ünïcode \"name\"", "", nil, "t'"]),
        Sample(type: "bool", kind: "bool", literals: ["t", "f", nil, "true", "no"]),
        Sample(type: "bool[]", kind: "list", literals: ["{t,f,NULL}", "{}", "{{t},{f}}"]),
        Sample(type: "bytea", kind: "text", literals: many { "\\x" + Self.hex(&$0) } + ["", nil]),
        Sample(type: "bytea[]", kind: "list", literals: ["{\"\\\\x00ff\",NULL}", "{}"]),
        Sample(type: "uuid", kind: "text", literals: many { _ in UUID().uuidString } + [nil]),
        Sample(type: "mood", kind: "text", literals: ["good", "so, so", "it's \"bad\"", nil]),
        Sample(
          type: "pair",
          kind: "text",
          literals: ["(1,\"a,\"\"b\")", "(,)", nil, "(2,\"\")"]
        ),
        Sample(type: "small", kind: "int", literals: ["1", "-5", "99", nil]),
      ] + documents() + addresses() + shapes() + ranges()
    return list
  }

  private mutating func numbers() -> [PostgreSQLTypeTests.Sample] {
    typealias Sample = PostgreSQLTypeTests.Sample
    let int4 = many { String(Int32.random(in: .min ... .max, using: &$0)) }
    let int8 = many { String(Int64.random(in: .min ... .max, using: &$0)) }
    let oids = many { String(UInt32.random(in: .min ... .max, using: &$0)) }
    let doubles = many(20) { random in
      while true {
        let number = Double(bitPattern: random.next())
        if number.isFinite { return number.description }
      }
    }
    let floats = many(20) { random in
      while true {
        let number = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
        if number.isFinite { return number.description }
      }
    }
    let decimals = many(20) { random in
      let (digits, scale) = (
        Int.random(in: 1...14, using: &random), Int.random(in: 0...6, using: &random)
      )
      let whole = (0..<digits).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
      let text = scale > 0 ? "\(whole.dropLast(scale)).\(whole.suffix(scale))" : whole
      return (Bool.random(using: &random) ? "-" : "") + (text.hasPrefix(".") ? "0" + text : text)
    }
    let long = many(4) { random in
      let digits = (0..<40).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
      return "1\(digits.prefix(20)).\(digits.suffix(20))"
    }
    return [
      Sample(type: "int2", kind: "int", literals: ["0", "-32768", "32767", nil]),
      Sample(type: "int4", kind: "int", literals: int4 + ["0", "-2147483648", "2147483647", nil]),
      Sample(
        type: "int8",
        kind: "int",
        literals: int8 + ["0", "-9223372036854775808", "9223372036854775807", nil]
      ),
      Sample(type: "oid", kind: "int", literals: oids + ["0", "4294967295", nil]),
      Sample(
        type: "xid",
        kind: "int",
        literals: oids + [nil],
        // There is no cast from numbers to it.
        comparison: "%a::text is not distinct from ?::text"
      ),
      Sample(type: "xid8", kind: "text", literals: ["0", "18446744073709551615", nil]),
      Sample(
        type: "int4[]",
        kind: "list",
        literals: ["{\(int4.joined(separator: ",")),NULL}", "{}"]
      ),
      Sample(
        type: "int8[]",
        kind: "list",
        literals: ["{{1,2},{3,9223372036854775807}}", nil, "{}"]
      ),
      Sample(type: "int2[]", kind: "list", literals: ["{1,-1,NULL}", "{{1},{2}}"]),
      Sample(type: "int4[]", kind: "text", literals: ["[0:1]={1,2}", "[-3:-2][5:5]={{1},{2}}"]),
      Sample(
        type: "float8",
        kind: "number",
        literals: doubles + [
          "0", "-0", "NaN", "Infinity", "-Infinity", "5e-324", "1.7976931348623157e308", "0.1", nil,
        ]
      ),
      Sample(
        type: "float4",
        kind: "number",
        literals: floats + ["0", "-0", "NaN", "Infinity", "-Infinity", "1e-45", "0.1", nil]
      ),
      Sample(
        type: "float8[]",
        kind: "list",
        literals: ["{\(doubles.joined(separator: ","))}", "{1,NaN,-Infinity,NULL}", "{{1.5},{2}}"]
      ),
      Sample(
        type: "numeric",
        kind: "number",
        literals: decimals.filter { $0.contains(".") } + ["0.00"]
      ),
      Sample(
        type: "numeric",
        kind: "text",
        literals: long + ["NaN", "Infinity", "-Infinity", "1e-320"]
      ),
      Sample(
        type: "numeric",
        kind: "int",
        literals: ["0", "-7", "1000", "9223372036854775807", nil]
      ),
      Sample(
        type: "numeric[]",
        kind: "list",
        literals: ["{\(decimals.joined(separator: ","))}", "{\(long[0]),1,NULL}", "{NaN,1.5}"]
      ),
      Sample(type: "money", kind: "text", literals: ["1234.56", "-0.01", nil]),
      Sample(type: "money[]", kind: "list", literals: ["{1234.56,NULL}"]),
    ]
  }

  private mutating func moments() -> [PostgreSQLTypeTests.Sample] {
    typealias Sample = PostgreSQLTypeTests.Sample
    let moments = many(20) { random in
      let micros = Int64.random(
        in: -62_000_000_000_000_000...253_000_000_000_000_000,
        using: &random
      )
      return Time(microseconds: micros).text
    }
    let edges: [String?] = [
      "infinity", "-infinity", "294276-12-31 23:59:59.999999", "4713-01-01 00:00:00 BC",
      "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", "10000-01-01 00:00:00", nil,
    ]
    let spans = many(20) { random in
      let days = Int.random(in: -50_000...50_000, using: &random)
      let micros = Int64.random(in: -200_000_000_000...200_000_000_000, using: &random)
      return "\(days) days \(micros) microseconds"
    }
    let months = many(8) { random in
      "\(Int.random(in: -500...500, using: &random) | 1) months \(Int.random(in: -9...9, using: &random)) days"
    }
    return [
      Sample(type: "timestamptz", kind: "time", literals: moments + edges),
      Sample(
        type: "timestamp",
        kind: "time",
        literals: moments.map { String($0.dropLast()) } + edges
      ),
      Sample(
        type: "date",
        kind: "time",
        literals: moments.map { String($0.prefix(10)) }
          + ["infinity", "-infinity", "5874897-12-31", "4714-11-24 BC", "9999-12-31", nil]
      ),
      Sample(
        type: "timestamptz[]",
        kind: "list",
        literals: [
          "{\(moments.map(Self.quoted).joined(separator: ",")),NULL}", "{infinity,2026-01-01}",
          "{}",
        ]
      ),
      Sample(
        type: "date[]",
        kind: "list",
        literals: ["{2026-01-01,NULL}", "{{2026-01-01},{1970-01-01}}"]
      ),
      Sample(
        type: "interval",
        kind: "duration",
        literals: spans + ["0", "1 day", "-00:00:00.000001", nil]
      ),
      Sample(
        type: "interval",
        kind: "text",
        literals: months + ["178000000 years", "1 mon -1 day"]
      ),
      Sample(
        type: "interval[]",
        kind: "list",
        literals: ["{1 day,NULL,\"-00:00:01\"}", "{1 mon,1 day}"]
      ),
      Sample(
        type: "time",
        kind: "text",
        literals: ["00:00:00", "24:00:00", "23:59:59.999999", nil]
      ),
      Sample(
        type: "timetz",
        kind: "text",
        literals: ["00:00:00+15:59", "23:59:59.999999-12", nil]
      ),
      Sample(type: "time[]", kind: "list", literals: ["{12:00,NULL}"]),
    ]
  }

  private mutating func documents() -> [PostgreSQLTypeTests.Sample] {
    typealias Sample = PostgreSQLTypeTests.Sample
    let objects = many(10) { random in
      JSON.object([
        .init("n", .int(Int64.random(in: .min ... .max, using: &random))),
        .init("t", .string(Self.text(&random))),
        .init("l", .array([.null, .bool(true), .number(0.5), .object([])])),
      ]).text
    }
    return ["json", "jsonb"].map { type in
      Sample(
        type: type,
        kind: "record",
        literals: objects + ["null", "[1,\"a\"]", "\"text\"", "1.5", "12345678901234567890", nil],
        comparison: "%a::jsonb is not distinct from %b::jsonb"
      )
    } + [
      Sample(
        type: "jsonpath",
        kind: "text",
        literals: ["$.\"a\"[*]", nil],
        comparison: Self.asText
      ),
      Sample(type: "xml", kind: "text", literals: ["<a>é</a>", "", nil], comparison: Self.asText),
      Sample(type: "tsvector", kind: "text", literals: ["a:1 b:2A", "", nil]),
      Sample(type: "tsquery", kind: "text", literals: ["a & !b", nil]),
      Sample(type: "tsvector[]", kind: "list", literals: ["{\"a:1 'it''s':2\",NULL}"]),
    ]
  }

  private static let asText = "%a::text is not distinct from %b::text"

  private func addresses() -> [PostgreSQLTypeTests.Sample] {
    [
      .init(type: "inet", kind: "text", literals: ["10.0.0.1", "10.1.2.3/8", "::1", nil]),
      .init(type: "cidr", kind: "text", literals: ["10.0.0.0/8", "2001:db8::/32", nil]),
      .init(type: "macaddr", kind: "text", literals: ["08:00:2b:01:02:03", nil]),
      .init(type: "macaddr8", kind: "text", literals: ["08:00:2b:01:02:03:04:05", nil]),
      .init(type: "inet[]", kind: "list", literals: ["{10.0.0.1,::1,NULL}"]),
      .init(type: "bit(4)", kind: "text", literals: ["0101", "0000", nil]),
      .init(type: "varbit", kind: "text", literals: ["1", "", nil, "010101010101"]),
      .init(type: "varbit[]", kind: "list", literals: ["{1,NULL}"]),
      .init(type: "pg_lsn", kind: "text", literals: ["16/B374D848", "0/0", nil]),
      .init(type: "tid", kind: "text", literals: ["(0,1)", nil]),
      .init(type: "regclass", kind: "text", literals: ["pg_class", nil]),
      .init(type: "int2vector", kind: "text", literals: ["1 2 3"], comparison: Self.asText),
      .init(type: "oidvector", kind: "text", literals: ["1 2 3"]),
    ]
  }

  private func shapes() -> [PostgreSQLTypeTests.Sample] {
    [
      ("point", "(1,-2.5)"), ("line", "{1,2,3}"), ("lseg", "[(0,0),(1,1)]"), ("box", "(3,4),(1,2)"),
      ("path", "[(0,0),(1,1),(2,0)]"), ("polygon", "((0,0),(1,1),(2,0))"), ("circle", "<(0,0),2>"),
    ].map { type, literal in
      .init(type: type, kind: "text", literals: [literal, literal, nil], comparison: Self.asText)
    } + [
      // Its elements are told apart by semicolons, so it stays the server's text.
      .init(
        type: "box[]",
        kind: "text",
        literals: ["{(3,4),(1,2);(7,8),(5,6)}"],
        comparison: Self.asText
      ),
      .init(type: "point[]", kind: "list", literals: ["{\"(1,2)\",NULL}"], comparison: Self.asText),
    ]
  }

  private func ranges() -> [PostgreSQLTypeTests.Sample] {
    [
      .init(type: "int4range", kind: "text", literals: ["[1,5)", "empty", "(,)", nil]),
      .init(type: "numrange", kind: "text", literals: ["[1.5,2.5]", nil]),
      .init(
        type: "tstzrange",
        kind: "text",
        literals: ["[\"2026-01-01 00:00:00+00\",infinity)", nil]
      ),
      .init(type: "daterange", kind: "text", literals: ["[2026-01-01,)", nil]),
      .init(type: "int8multirange", kind: "text", literals: ["{[1,3),[5,7)}", "{}", nil]),
      .init(type: "int4range[]", kind: "list", literals: ["{\"[1,5)\",NULL}"]),
    ]
  }

  // MARK: - Random texts

  private static func text(_ random: inout SplitMix64) -> String {
    let count = Int.random(in: 0...20, using: &random)
    var text = ""
    for _ in 0..<count {
      let plane = UInt32.random(in: 0...16, using: &random)
      let pick = UInt32.random(in: 0..<8, using: &random)
      let scalar: UInt32 =
        switch pick {
        case 0: UInt32(UInt8(ascii: "'"))
        case 1: UInt32(UInt8(ascii: "\""))
        case 2: UInt32(UInt8(ascii: "\\"))
        case 3: UInt32.random(in: 1...0x1F, using: &random)
        case 4: UInt32.random(in: 0x20...0x7E, using: &random)
        default: plane << 16 | UInt32.random(in: 0x80...0xFFFD, using: &random)
        }
      // `?` stands for a place of a value in these tests' statements.
      if let found = Unicode.Scalar(scalar), found != "?" { text.unicodeScalars.append(found) }
    }
    return text
  }

  private static func hex(_ random: inout SplitMix64) -> String {
    (0..<Int.random(in: 0...8, using: &random)).map { _ in
      let byte = UInt8.random(in: .min ... .max, using: &random)
      return (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

/// A generator that gives the same numbers for the same seed.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
