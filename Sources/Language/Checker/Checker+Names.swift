import Diagnostics
import Objects
import Syntax
import Values

extension Checker {
  /// Makes a name visible, unless it would hide another.
  func declare(_ name: Name, _ type: StaticType, _ kind: Binding.Kind) {
    guard !name.text.isEmpty else { return }
    if let what = standing(name.text) {
      add(.hidesName(name.text, what: what, at: name.span))
      return
    }
    if let first = names.bindings[name.text], !mayReplace(first) {
      add(.duplicateBinding(name.text, at: name.span, first: first.span))
      return
    }
    names.declare(name.text, Binding(type: type, span: name.span, kind: kind))
  }

  /// At the prompt a new `let` replaces the old.
  private func mayReplace(_ binding: Binding) -> Bool {
    if binding.kind == .earlierLine { return true }
    return scope.isPrompt && function == nil && binding.kind == .letName
  }

  /// Says what a name stands for in every program of this stack.
  func standing(_ name: String) -> String? {
    if let type = scope.roots[name] { return type.phrase }
    if functions[name] != nil { return "a function" }
    return name == "this_run" ? "the run" : nil
  }

  func infer(_ name: Name) -> StaticType {
    if name.text == cursor, completion == nil { completion = .name(visibleNames) }
    if let type = names.use(name.text) { return type }
    if let type = scope.roots[name.text] {
      let isEnvironment = type == .object("environment")
      return StaticType(type, environment: isEnvironment ? name.text : nil)
    }
    if name.text == "this_run" {
      return StaticType(scope.vocabulary.kind("run") == nil ? .any : .object("run"))
    }
    guard !name.text.isEmpty else { return .any }
    if functions[name.text] != nil || Builtin.named(name.text) != nil {
      add(.functionAsValue(name.text, at: name.span))
    } else {
      add(unbound(name))
    }
    return .any
  }

  private func unbound(_ name: Name) -> Diagnostic {
    if let (first, end) = names.gone[name.text] {
      return .nameOutOfSight(name.text, end, at: name.span, first: first)
    }
    let nearest = nearestName(to: name.text, besides: [])
    return .unboundName(
      name.text,
      nearest: nearest,
      environments: scope.environmentNames,
      at: name.span
    )
  }

  /// Gives the visible name, function or word that a misspelt name was probably meant to be.
  func nearestName(to name: String, besides more: [String]) -> String? {
    guard name.utf8.count > 1 else { return nil }
    let words = Keyword.all + more
    return Spelling.nearest(to: name, in: (Set(visibleNames + words)).sorted())
  }

  var allFunctions: [String] {
    Array(functions.keys) + Builtin.all.map(\.name)
  }

  /// What can be written as a value here.
  var visibleNames: [String] {
    Array(names.bindings.keys) + Array(scope.roots.keys) + ["this_run"]
  }

  // MARK: - The row of a stage

  func inferIt(at span: SourceSpan) -> StaticType {
    guard let row = useRow() else {
      add(.outsideStage("it", at: span))
      return .any
    }
    return row
  }

  /// Gives the innermost row, and notes that it was used.
  func useRow() -> StaticType? {
    guard !rows.isEmpty else { return nil }
    rows[rows.count - 1].isUsed = true
    return rows[rows.count - 1].row
  }

  /// Runs `body` with a row around it; gives what it gives, and whether it used the row.
  func withRow<Result>(_ row: StaticType, _ body: () -> Result) -> (Result, isUsed: Bool) {
    rows.append(RowFrame(row: row))
    let result = body()
    let isUsed = rows.popLast()?.isUsed ?? false
    return (result, isUsed)
  }
}
