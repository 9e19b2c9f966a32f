import Formats
import Testing
import Values

@Suite struct FieldFormatTests {
  @Test func `CSV quotes as psql does`() throws {
    let row: Value = .record(
      Record([
        "plain": .text("a b"), "comma": .text("a,b"), "quote": .text("say \"hi\""),
        "line": .text("a\nb"), "cr": .text("a\rb"), "end": .text(#"\."#), "null": .nothing,
        "n": .number(0.5), "when": .time(Time(microseconds: 1_500_000)),
        "more": .record(Record(["a": .int(1)])),
      ])
    )
    #expect(
      try RowFormat.csv.text(of: row)
        == "plain,comma,quote,line,cr,end,null,n,when,more\n"
        + "a b,\"a,b\",\"say \"\"hi\"\"\",\"a\nb\",\"a\rb\",\"\\.\",,0.5,1970-01-01T00:00:01.5Z,"
        + "\"{\"\"a\"\":1}\"\n"
    )
  }

  @Test(arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
  func `text from outside can not become a formula`(_ text: String) throws {
    let csv = try RowFormat.csv.text(of: .list([.record(Record(["a": .text(text)]))]))
    let field = csv.dropFirst("a\n".count)
    #expect(field.hasPrefix("'") || field.hasPrefix("\"'"))
    let header = try RowFormat.csv.text(of: .list([.record(Record(fields: [(text, .int(1))]))]))
    #expect(header.hasPrefix("'") || header.hasPrefix("\"'"))
  }

  @Test func `a negative number is no formula`() throws {
    let csv = try RowFormat.csv.text(of: .list([.record(Record(["a": .int(-5)]))]))
    #expect(csv == "a\n-5\n")
  }

  @Test func `what the server writes itself is passed on byte by byte`() throws {
    let stream = TestStream([], columnNames: ["a"], csv: ["a\n", "=1\n-2\n"])
    #expect(try RowFormat.csv.text(of: .stream(stream)) == "a\n=1\n-2\n")
  }

  @Test func `no rows are still a header where the columns are known`() throws {
    let empty: Value = .stream(TestStream([Value](), columnNames: ["id", "state"]))
    #expect(try RowFormat.csv.text(of: empty) == "id,state\n")
    #expect(try RowFormat.tsv.text(of: .list([])) == "")
  }

  @Test func `the header has the fields of all first rows`() throws {
    let rows: Value = .list([
      .record(Record(["a": .int(1)])), .record(Record(["b": .int(2), "a": .int(3)])),
    ])
    #expect(try RowFormat.csv.text(of: rows) == "a,b\n1,\n3,2\n")
  }

  @Test func `a field that comes after the header is no silent loss`() throws {
    var rows = (1...1000).map { Value.record(Record(["a": .int(Int64($0))])) }
    rows.append(.record(Record(["a": .int(1), "late": .int(2)])))
    let failure = try #require(throws: Failure.self) { try RowFormat.csv.text(of: .list(rows)) }
    #expect(failure.message == "row 1001 has a field 'late' that the header does not have")
  }

  @Test func `lists of lists are rows without names`() throws {
    let rows: Value = .list([.list([.int(1), .text("a")]), .list([.int(2)])])
    #expect(try RowFormat.csv.text(of: rows) == "1,2\n1,a\n2,\n")
    #expect(try RowFormat.lines.text(of: rows) == "[1,\"a\"]\n[2]\n")
  }

  @Test func `TSV escapes what would break a line`() throws {
    let row: Value = .record(Record(["a": .text("x\ty\nz\r\\"), "b": .nothing]))
    #expect(try RowFormat.tsv.text(of: row) == "a\tb\nx\\ty\\nz\\r\\\\\t\n")
  }

  @Test func `Markdown is only text, with measures at the right`() throws {
    let rows: Value = .list([
      .record(Record(["a|b": .text("`x` | <b>*y*</b> @here\nnext"), "n": .int(5)]))
    ])
    #expect(
      try RowFormat.markdown.text(of: rows) == """
        | a\\|b | n |
        | --- | ---: |
        | \\`x\\` \\| &lt;b&gt;\\*y\\*&lt;/b&gt; &#64;&#8288;here<br>next | 5 |

        """
    )
  }

  @Test func `a record in Markdown is a table of its fields`() throws {
    let record: Value = .record(Record(["id": .text("x"), "age": .duration(.seconds(90))]))
    #expect(
      try RowFormat.markdown.text(of: record) == """
        | field | value |
        | --- | --- |
        | id | x |
        | age | 1m30s |

        """
    )
  }

  @Test func `a block of code is not ended by what is in it`() {
    #expect(Markdown.codeBlock("a\n````\nb") == "`````\na\n````\nb\n`````\n")
  }
}
