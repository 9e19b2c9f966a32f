import Diagnostics
import Language
import LanguageTestSupport
import Testing
import Values

struct CompletionTests {
  /// Gives the candidates at the mark.
  private func candidates(_ marked: String) -> [Candidate] {
    let text = MarkedText(marked)
    return Completion.candidates(
      in: SourceText(name: "[tty]", text: text.text),
      at: text.span?.start ?? text.text.utf8.count,
      scope: TestVocabulary.scope(isPrompt: true)
    )
  }

  @Test(arguments: [
    ("production.roll«»", ["rollback"]),
    ("production.live.is_«»", ["is_live", "is_rollback_candidate"]),
    ("do production.data«»", ["database"]),
    ("production.deployments | where .st«»", ["state"]),
    ("production.deployments | select .id, x: .age | where .«»", ["id", "x"]),
    ("let d = production.live; d.comm«»", ["commit"]),
    ("if production.pau«»", ["paused", "pause"]),
    ("note \"${production.na«»", ["name"]),
    ("production.live.created.mi«»", ["minute"]),
    ("production.jobs.na«»", ["names"]),
    ("production.deployments | wh«»", ["where"]),
    ("production.deployments | «»", ["where"]),
    ("production.logs(la«»", ["last:"]),
    ("production.logs(last: 5m, «»", ["path:"]),
    ("production.live.state is \"re«»", ["ready"]),
    ("production.deployments | where .state is \"«»", ["building"]),
    ("production.jobs[\"usage«»", ["usage-aggregation"]),
    ("prod«»", ["production"]),
    ("exp«»", ["expect"]),
    ("note \"a\"; exp«»", ["expect"]),
    ("let x = m«»", ["mod"]),
    ("[1] | as js«»", ["json"]),
    ("param to: depl«»", ["deployment"]),
    ("production.live«» | count", ["live"]),
  ])
  func `what can stand at the cursor is offered`(_ marked: String, _ wanted: [String]) {
    let texts = candidates(marked).map(\.text)
    #expect(Set(wanted).isSubset(of: texts), "\(texts)")
  }

  @Test(arguments: [
    ("production.t«»", "tunnels"), ("[1] | wa«»", "watch"), ("[1] | as y«»", "yaml"),
    ("[1] | ch«»", "chart"), ("[1] | j«»", "join"),
  ])
  func `what a later version brings is not offered`(_ marked: String, _ later: String) {
    #expect(!candidates(marked).map(\.text).contains(later))
  }

  @Test(arguments: [("note \"pr«»", 0), ("production.live.id.no«»", 0)])
  func `nothing is offered where nothing fits`(_ marked: String, _ count: Int) {
    #expect(candidates(marked).count == count)
  }

  @Test func `members carry their summary and say whether they act`() {
    let found = candidates("production.pau«»")
    #expect(found.first { $0.text == "paused" } == Candidate("paused", "the paused", .member))
    #expect(found.first { $0.text == "pause" } == Candidate("pause", "does pause", .action))
  }

  @Test func `the type of what stands before the cursor is known`() {
    let source = SourceText(name: "[tty]", text: "production.live.age")
    let scope = TestVocabulary.scope(isPrompt: true)
    #expect(
      Completion.type(ofExpressionBefore: 15, in: source, scope: scope) == .object("deployment")
    )
    #expect(Completion.type(ofExpressionBefore: 19, in: source, scope: scope) == .duration)
  }
}
