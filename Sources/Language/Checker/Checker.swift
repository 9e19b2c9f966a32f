import Diagnostics
import Objects
import Syntax
import Values

/// Reads a program and everything it uses before anything of it runs.
///
/// One pass in order of place, each expression once, so its time grows with the length of the text.
/// A type that is not known allows everything: no program that could run is refused for what the
/// checker does not know.
package final class Checker {
  /// What a check found.
  package struct Report: Sendable {
    /// The main file first.
    package var problems: [SourceProblems]
    /// What this version can check but not run.
    package var notInThisVersion: [SourceProblems]

    package init(problems: [SourceProblems], notInThisVersion: [SourceProblems] = []) {
      self.problems = problems
      self.notInThisVersion = notInThisVersion
    }
  }

  let program: Program
  let scope: CheckScope
  let functions: [String: Program.Function]
  let facts: FunctionFacts
  var source: SourceText
  var names = NameTable()
  /// The rows of the stages that the present expression stands in, the innermost last.
  var rows: [RowFrame] = []
  /// The function whose body is checked.
  var function: FunctionDeclaration?
  var isInParallel = false
  /// Says that the expression stands in the `with` of a `group by`.
  var isInWith = false
  /// The secrets that were reported as not set, so that each is reported once.
  var missingSecrets: Set<String> = []
  var findings: [Diagnostic] = []
  var laterFindings: [Diagnostic] = []
  private var report = Report(problems: [], notInThisVersion: [])
  /// The name that stands where the cursor of a completion is.
  let cursor: String?
  /// What can stand at the cursor.
  var completion: CursorContext?

  init(
    _ program: Program,
    in scope: CheckScope,
    cursor: String? = nil
  ) {
    self.program = program
    self.scope = scope
    self.cursor = cursor
    functions = scope.functions.merging(program.functions) { $1 }
    facts = FunctionFacts(of: functions)
    source = program.main.source
  }

  /// Gives everything that is wrong with a program, the main file first.
  package static func check(_ program: Program, in scope: CheckScope) -> [SourceProblems] {
    report(on: program, in: scope).problems
  }

  /// Gives what the program has that this version can not run, for `run` and `plan`.
  package static func notInThisVersion(
    _ program: Program,
    in scope: CheckScope
  ) -> [SourceProblems] {
    report(on: program, in: scope).notInThisVersion
  }

  /// Gives both at once.
  package static func report(on program: Program, in scope: CheckScope) -> Report {
    let checker = Checker(program, in: scope)
    checker.checkAll()
    return checker.report
  }

  func checkAll() {
    check(program.main, isMain: true)
    for file in program.used { check(file, isMain: false) }
  }

  private func check(_ file: SyntaxFile, isMain: Bool) {
    source = file.source
    switch file.contents {
    case .stack(let stack):
      if isMain {
        findings += StackFileCheck.diagnostics(of: stack)
      } else {
        add(.usedFileIsStack(at: stack.title.span))
      }
    case .items(let items): checkItems(items, isMain: isMain)
    }
    report.problems.add(findings, in: source)
    report.notInThisVersion.add(laterFindings, in: source)
    (findings, laterFindings) = ([], [])
  }

  func add(_ diagnostic: Diagnostic) {
    findings.append(diagnostic)
  }

  /// Notes that something is right but waits for a later version.
  func addLater(_ what: String, at span: SourceSpan) {
    laterFindings.append(.notInThisVersion(what, at: span))
  }

  func warnOfUnused(_ unused: [(name: String, span: SourceSpan)]) {
    for (name, span) in unused { add(.unusedName(name, at: span)) }
  }
}

/// The row of a stage, as its expressions see it by `.field` and `it`.
struct RowFrame {
  var row: StaticType
  var isUsed = false
}
