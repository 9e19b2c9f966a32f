import Sinks
import Testing

@testable import Terminal

@Suite struct CompletionMenuTests {
  private func menu(_ count: Int) -> CompletionMenu {
    CompletionMenu(
      candidates: (1...count).map { LineEditor.Candidate("name\($0)", "what number \($0) is") }
    )
  }

  private func lines(_ menu: CompletionMenu, columns: Int, rows: Int) -> [String] {
    menu.lines(columns: columns, rows: rows).map(\.text)
  }

  @Test func `what fits has a line each`() {
    #expect(
      lines(menu(2), columns: 40, rows: 24) == [
        "  name1  what number 1 is", "  name2  what number 2 is",
      ]
    )
    #expect(lines(menu(12), columns: 40, rows: 24).count == 12)
  }

  @Test func `of more than that, each is there by its name`() {
    let shown = lines(menu(27), columns: 80, rows: 24)
    #expect(shown.count <= 12)
    for number in 1...27 {
      #expect(shown.contains { $0.contains("name\(number)") }, "\(number): \(shown)")
    }
    #expect(shown.allSatisfy { $0.count < 80 })
  }

  @Test func `what fits not even by name is counted`() {
    let shown = lines(menu(500), columns: 40, rows: 24)
    #expect(shown.count == 12)
    #expect(shown.last?.hasSuffix(" more") == true)
    #expect(shown.allSatisfy { $0.count < 40 })
    let named = shown.joined(separator: " ").split(separator: " ").count { $0.hasPrefix("name") }
    #expect(shown.last?.contains("and \(500 - named) more") == true, "\(shown)")
  }
}
