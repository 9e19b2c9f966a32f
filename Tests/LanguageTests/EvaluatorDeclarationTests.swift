import Language
import Testing

@Test func `every builtin and stage says what it is for`() {
  #expect(Builtin.all.map(\.name) == Builtin.all.map(\.name).sorted())
  #expect(StageDeclaration.all.map(\.name) == StageDeclaration.all.map(\.name).sorted())
  #expect(Builtin.all.allSatisfy { !$0.summary.isEmpty })
  #expect(StageDeclaration.all.allSatisfy { $0.signature.hasPrefix($0.name) })
  #expect(ScalarMember.all.allSatisfy { !$0.summary.isEmpty })
}
