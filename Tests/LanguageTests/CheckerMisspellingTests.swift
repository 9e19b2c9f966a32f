import Language
import LanguageTestSupport
import Testing

struct CheckerMisspellingTests {
  private func unmended(_ all: [Misspelling]) -> [String] {
    let scope = TestVocabulary.scope()
    return all.filter { !$0.isMended(in: scope) }.map(\.description)
  }

  @Test func `every misspelt member, label and enumerated text gets the right suggestion`() {
    let all = Misspelling.all(in: TestVocabulary.vocabulary)
    #expect(all.count > 2000)
    #expect(unmended(all) == [])
  }

  @Test func `every misspelt stage and format gets the right suggestion`() {
    #expect(unmended(Misspelling.stages) == [])
  }

  @Test func `every misspelt keyword gets the right suggestion`() {
    #expect(unmended(Misspelling.keywords) == [])
  }
}
