import Diagnostics

/// Checks what a file holds and in which order.
///
/// A file is either statements (and functions), or a runbook: `runbook`, then `use`, `param` and
/// `func`, then steps, then at most one `on failure` and one `finally`.
struct ItemOrder {
  private var runbook: SourceSpan?
  private var firstStatement: SourceSpan?
  private var firstStep: SourceSpan?
  private var onFailure: SourceSpan?
  private var finally: SourceSpan?
  private var hasComplained = false

  /// Gives what is wrong with an item here, its first word being at `place`.
  mutating func check(_ item: Item, at place: SourceSpan) -> Diagnostic? {
    switch item {
    case .runbook: checkRunbook(place)
    case .use: checkBeforeSteps("use", place)
    case .function: checkBeforeSteps("func", place)
    case .parameter: checkPart("param", place) ?? checkBeforeSteps("param", place)
    case .step: checkStep(place)
    case .onFailure: checkLast("on failure", place, \.onFailure)
    case .finally: checkLast("finally", place, \.finally)
    case .statement(let statement): checkStatement(statement, place)
    }
  }

  private mutating func checkRunbook(_ place: SourceSpan) -> Diagnostic? {
    if let runbook { return .secondItem("runbook", at: place, first: runbook) }
    runbook = place
    return firstStatement.map { .statementInRunbook(at: $0, runbook: place) }
  }

  private mutating func checkStatement(_ statement: Statement, _ place: SourceSpan) -> Diagnostic? {
    if case .missing = statement { return nil }
    firstStatement = firstStatement ?? place
    return runbook.map { .statementInRunbook(at: place, runbook: $0) }
  }

  /// Says once that a part of a runbook stands in a file without one.
  private mutating func checkPart(_ word: String, _ place: SourceSpan) -> Diagnostic? {
    guard runbook == nil, !hasComplained else { return nil }
    hasComplained = true
    return .partWithoutRunbook(word, at: place)
  }

  private func checkBeforeSteps(_ word: String, _ place: SourceSpan) -> Diagnostic? {
    let step = firstStep ?? onFailure ?? finally
    guard runbook != nil, let step else { return nil }
    return .afterSteps(word, at: place, step: step)
  }

  private mutating func checkStep(_ place: SourceSpan) -> Diagnostic? {
    firstStep = firstStep ?? place
    if let finding = checkPart("step", place) { return finding }
    return (onFailure ?? finally).map { .stepAfterEnd(at: place, end: $0) }
  }

  private mutating func checkLast(
    _ word: String,
    _ place: SourceSpan,
    _ path: WritableKeyPath<Self, SourceSpan?>
  ) -> Diagnostic? {
    if let first = self[keyPath: path] { return .secondItem(word, at: place, first: first) }
    self[keyPath: path] = place
    return checkPart(word, place)
  }
}
