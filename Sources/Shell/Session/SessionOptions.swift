package import Runbooks
package import Values

/// What the command line says of a session.
package struct SessionOptions: Sendable {
  package var stack: String?
  package var env: String?
  package var output: String?
  package var approve: String?
  package var trust: String?
  package var journal: String?
  package var reason: String?
  /// The incident that a run belongs to, or `none`; the newest open one if left out.
  package var incident: String?
  package var timeout: TimeSpan?
  package var lockTerms = LockTerms()
  package var usesConfig = true
  package var usesColor = true
  package var isVerbose = false
  /// The words after the program's name, for the command line that approves a plan.
  package var words: [String] = []

  package init() {}
}
