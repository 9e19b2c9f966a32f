/// One thing that a review found, and what to do about it.
package struct LintFinding: Hashable, Sendable {
  package var rule: LintRule
  package var severity: LintSeverity
  /// What happens, to what.
  package var message: String
  /// What to do instead, in words.
  package var advice: String?
  /// What to write instead; statements that belong into migrations of their own are set apart by
  /// comments.
  package var saferSQL: String?
  /// The statement, counted from 0; nil for what belongs to the file as a whole.
  package var statement: Int?
  /// In bytes of the whole text.
  package var offset: Int
  /// Of the word at the place.
  package var length: Int
  /// Both counted from 1; columns count Unicode scalars.
  package var line: Int
  package var column: Int
  /// What the database would have to be asked to be sure; empty where the text is enough.
  package var questions: [DatabaseQuestion]
  /// The place holds a secret, so its line must not be shown.
  package var holdsSecret: Bool
}
