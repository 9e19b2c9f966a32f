import Diagnostics
import Language
import LanguageTestSupport
import Syntax
import Testing
import Values

/// A program with one mistake at its marks, what is said of it, and what its fix-it makes of it.
struct CheckCase: CustomTestStringConvertible, Sendable {
  let marked: String
  let message: String
  let fixed: String?
  let severity: Diagnostic.Severity
  let note: String?
  let isPrompt: Bool

  init(
    _ marked: String,
    _ message: String,
    fixed: String? = nil,
    severity: Diagnostic.Severity = .error,
    note: String? = nil,
    isPrompt: Bool = false
  ) {
    self.marked = marked
    self.message = message
    self.fixed = fixed
    self.severity = severity
    self.note = note
    self.isPrompt = isPrompt
  }

  var testDescription: String { marked }

  /// Checks the words, the place, the note and the fix-it, and that nothing else is found.
  func verify(
    in scope: CheckScope? = nil,
    location: SourceLocation = #_sourceLocation
  ) {
    let source = MarkedText(marked)
    let found = Self.findings(in: source.text, isPrompt: isPrompt, scope: scope)
    #expect(found.map(\.message) == [message], sourceLocation: location)
    guard let diagnostic = found.first else { return }
    #expect(diagnostic.span == source.span, sourceLocation: location)
    #expect(diagnostic.severity == severity, sourceLocation: location)
    #expect(diagnostic.notes.first?.message == note, sourceLocation: location)
    let edited = diagnostic.fixIts.first?.applied(to: source.text)
    #expect(edited == fixed, sourceLocation: location)
    guard let edited else { return }
    let left = Self.findings(in: edited, isPrompt: isPrompt, scope: scope)
    #expect(left.map(\.message) == [], sourceLocation: location)
  }

  /// Gives all that the parser and the checker find; unused names only if nothing else is found.
  static func findings(
    in text: String,
    isPrompt: Bool = false,
    scope: CheckScope? = nil
  ) -> [Diagnostic] {
    let loaded = load(text, mode: isPrompt ? .prompt : .file)
    let scope = scope ?? TestVocabulary.scope(isPrompt: isPrompt)
    let all = loaded.problems.joined(with: Checker.check(loaded.program, in: scope))
      .flatMap(\.diagnostics)
    let errors = all.filter { $0.severity == .error }
    return errors.isEmpty ? all : errors
  }
}

extension CheckCase {
  static func load(_ text: String, mode: ParseMode = .file) -> LoadResult {
    Program.load(SourceText(name: "test.opsh", text: text), mode: mode) { (_, _) throws(Failure) in
      throw Failure(.usage, "there is no such file")
    }
  }

  /// Gives what of a text this version can not run.
  static func later(in text: String) -> [Diagnostic] {
    Checker.notInThisVersion(load(text).program, in: TestVocabulary.scope())
      .flatMap(\.diagnostics)
  }
}
