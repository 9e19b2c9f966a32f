import Formats
import Sinks
import Testing
import Values

@Suite struct TableTests {
  @Test func `columns are as wide as they need, measures at the right`() throws {
    let rows: Value = .list([
      .record(
        Record([
          "name": .text("größe"), "count": .int(5), "took": .duration(.seconds(4)),
          "at": .time(Time(microseconds: 1_234_567)),
        ])
      ),
      .record(
        Record(["name": .text("日本"), "count": .int(12_000), "took": .nothing, "at": .nothing])
      ),
    ])
    #expect(
      try RowFormat.table.text(of: rows) == """
        name   count  took  at
        ─────  ─────  ────  ────────────────────
        größe      5    4s  1970-01-01T00:00:01Z
        日本   12000

        """
    )
  }

  @Test func `nothing is cut off where it does not go to a terminal`() throws {
    let long = String(repeating: "x", count: 500)
    let rows: Value = .list([.record(Record(["a": .text(long), "b": .text(long)]))])
    let text = try RowFormat.table.text(of: rows, for: Layout(width: 80, isTerminal: false))
    #expect(text.contains("\(long)  \(long)\n"))
  }

  @Test func `on a terminal the widest cells are shortened, and it says so`() throws {
    let long = String(repeating: "x", count: 500)
    let rows: Value = .list([
      .record(Record(["id": .int(7), "a": .text(long), "b": .text("short")]))
    ])
    let text = try RowFormat.table.text(of: rows, for: Layout(width: 40, isTerminal: true))
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines[2] == " 7  " + String(repeating: "x", count: 28) + "…  short")
    #expect(lines.allSatisfy { DisplayWidth.of($0) <= 40 || $0.hasPrefix("… marks") })
    #expect(lines.last == "… marks what was shortened to fit: 'as json' or 'as csv' shows all")
  }

  @Test func `columns without room are named`() throws {
    let fields = (1...20).map { ("column\($0)", Value.text("value")) }
    let rows: Value = .list([.record(Record(fields: fields))])
    let text = try RowFormat.table.text(of: rows, for: Layout(width: 40, isTerminal: true))
    let lines = text.split(separator: "\n")
    #expect(lines.prefix(3).allSatisfy { DisplayWidth.of(String($0)) <= 40 })
    #expect(text.contains("not shown, for want of room: column7, column8, "))
    #expect(text.contains("column20\n"))
  }

  @Test func `a fitting table is not touched`() throws {
    let rows: Value = .list([.record(Record(["a": .text("b")]))])
    let text = try RowFormat.table.text(of: rows, for: Layout(width: 10, isTerminal: true))
    #expect(text == "a\n─\nb\n")
  }

  @Test func `foreign controls neither move the cursor nor the columns`() throws {
    let rows: Value = .list([
      .record(Record(["a": .text("x\u{1B}[2Jy\nz"), "b": .text("\u{202E}")])),
      .record(Record(["a": .text("plain"), "b": .text("next")])),
    ])
    let text = try RowFormat.table.text(of: rows)
    #expect(!text.utf8.contains(0x1B))
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines[2] == "x␛[2Jy␊z  \\u{202e}")
    #expect(lines[3] == "plain     next")
  }

  @Test func `half of a secret is not left by shortening`() throws {
    let registry = SecretRegistry()
    registry.add(Secret(name: "TOKEN", text: "abcdefghijklmnopqrstuvwxyz"))
    let rows: Value = .list([.record(Record(["a": .text("-- abcdefghijklmnopqrstuvwxyz --")]))])
    let layout = Layout(width: 20, isTerminal: true, registry: registry)
    let text = try RowFormat.table.text(of: rows, for: layout)
    #expect(!text.contains("abc"))
    #expect(text.contains("-- ‹TOKEN› --"))
  }

  @Test func `scalars are lines`() throws {
    #expect(try RowFormat.table.text(of: .list([.int(1), .text("two")])) == "1\ntwo\n")
    #expect(try RowFormat.table.text(of: .text("two\nlines")) == "two\nlines\n")
  }

  @Test func `other fields begin another table`() throws {
    var rows: [Value] = (1...1000).map { .record(Record(["a": .int(Int64($0))])) }
    rows.append(.record(Record(["b": .text("x")])))
    let text = try RowFormat.table.text(of: .list(rows))
    #expect(text.hasSuffix("1000\n\nb\n─\nx\n"))
  }

  @Test func `rows beyond the first thousand keep their widths`() throws {
    var rows: [Value] = (1...1000).map { .record(Record(["a": .int(Int64($0))])) }
    rows.append(.record(Record(["a": .int(1_234_567)])))
    let whole = try RowFormat.table.text(of: .list(rows))
    #expect(whole.hasSuffix("1000\n1234567\n"))
    let cut = try RowFormat.table.text(of: .list(rows), for: Layout(width: 80, isTerminal: true))
    #expect(cut.contains("1000\n123…\n… marks"))
  }

  @Test func `no rows show the columns that there would be`() throws {
    let empty: Value = .stream(TestStream([Value](), columnNames: ["id", "state"]))
    #expect(try RowFormat.table.text(of: empty) == "id  state\n──  ─────\n")
  }
}
