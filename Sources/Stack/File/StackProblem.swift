/// What is wrong in a stack file's meaning; the language turns it into a diagnostic.
package struct StackProblem: Hashable, Sendable {
  package var message: String
  /// In UTF-8 offsets of the file.
  package var place: Range<Int>
  /// Names that would have been right there; the speller looks among them.
  package var candidates: [String]
  /// The word that is misspelt.
  package var word: String?

  package init(
    _ message: String,
    at place: Range<Int>,
    word: String? = nil,
    candidates: [String] = []
  ) {
    self.message = message
    self.place = place
    self.word = word
    self.candidates = candidates
  }
}
