import SQLText
import Testing

@Suite(.timeLimit(.minutes(6))) struct HostileTextTests {
  private func outcome(_ sql: String) -> Classification { Classification(sql) }

  @Test(arguments: [100, 9_000, 10_000, 100_000])
  func `brackets of any depth give a read or an error`(_ depth: Int) {
    let sql =
      "select " + String(repeating: "(", count: depth) + "1" + String(repeating: ")", count: depth)
    switch outcome(sql) {
    case .read: #expect(depth < 10_000)
    case .unreadable(.syntax(let message, _)): #expect(message.contains("memory exhausted"))
    case let other: Issue.record("\(other)")
    }
  }

  @Test(arguments: ["+1", " union select 1", "::int", " is null", "||'a'", " and true", ".a"])
  func `a chain of sixty thousand links is read without a crash`(_ link: String) {
    let sql = "select 1" + String(repeating: link, count: 60_000)
    switch outcome(sql) {
    case .read, .unreadable(.syntax): break
    case let other: Issue.record("\(other)")
    }
  }

  @Test(arguments: ["not ", "- ", "select(", "case when ", "array[", "f("])
  func `an opening repeated without its end is an error`(_ opening: String) {
    let sql = "select " + String(repeating: opening, count: 100_000)
    guard case .unreadable(.syntax) = outcome(sql) else {
      Issue.record("it was read")
      return
    }
  }

  @Test func `a NUL, bad UTF-8 and a text of a hundred megabytes are errors`() {
    #expect(outcome("select 1\0; drop table x") == .unreadable(.holdsNUL(offset: 8)))
    #expect(throws: SQLTextError.notUTF8(offset: 8)) {
      try ParsedSQL(bytes: Array("select '".utf8) + [0xFF, 0x27])
    }
    let huge = String(repeating: "a", count: 100_000_000)
    #expect(outcome(huge) == .unreadable(.tooLong(bytes: 100_000_000, limit: 8 << 20)))
  }

  @Test func `a typical statement is parsed at once`() throws {
    let sql = """
      select o.id, o.state, sum(i.price * i.count) as total from orders o
      join items i on i.order_id = o.id where o.created > now() - interval '1 day' and o.state = $1
      group by o.id, o.state order by total desc limit 20
      """
    _ = Classification(sql)
    let time = ContinuousClock().measure { for _ in 0..<20 { _ = Classification(sql) } }
    // Debug code under load, or under a sanitizer; the bench measures it.
    #expect(time / 20 < .milliseconds(50))
  }
}
