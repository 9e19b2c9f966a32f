import Diagnostics
import Objects
import Syntax
import Values

extension Checker {
  func checkItems(_ items: [Item], isMain: Bool) {
    names = NameTable()
    if isMain { declareEarlierLines() }
    let isRunbook = items.contains { if case .runbook = $0 { true } else { false } }
    var titles: [String: SourceSpan] = [:]
    for item in items {
      if !isMain, !isRunbook, !item.mayBeUsed { add(.usedFileHoldsMore(at: item.span)) }
      check(item, &titles)
    }
    if !(isMain && scope.isPrompt) { warnOfUnused(names.unusedAtTop()) }
  }

  private func declareEarlierLines() {
    for (name, type) in scope.bound {
      names.declare(
        name,
        Binding(type: StaticType(type), span: SourceSpan(0, 0), kind: .earlierLine, isUsed: true)
      )
    }
  }

  private func check(_ item: Item, _ titles: inout [String: SourceSpan]) {
    switch item {
    case .runbook, .use: break
    case .parameter(let parameter): check(parameter)
    case .function(let function): check(function)
    case .step(let step):
      let title = step.title
      if let first = titles[title.text] {
        add(.duplicateStep(title.text, at: title.span, first: first))
      } else {
        titles[title.text] = title.span
      }
      check(step)
    case .onFailure(let block, _), .finally(let block, _):
      let whole = names
      names = names.parametersOnly
      check(block)
      names = whole
    case .statement(let statement): check(statement)
    }
  }

  // MARK: - Parameters

  private func check(_ parameter: ParameterDeclaration) {
    let type = resolve(parameter.type)
    if let value = parameter.defaultValue {
      if type == .object("environment") || type == .list(of: .object("environment")) {
        add(.environmentDefault(parameter.name.text, at: value.span, end: parameter.type.span.end))
        _ = infer(value)
      } else {
        let given = inferMayAsk(value)
        require(type, given, value.single, at: value.span, what: "'\(parameter.name.text)'")
      }
    }
    declare(parameter.name, StaticType(type), .parameter)
  }

  /// Gives the type that a name in a declaration means, `any` for one that there is not.
  func resolve(_ type: TypeName) -> ValueType {
    let name = type.name.text
    guard !name.isEmpty else { return .any }
    guard let found = scope.vocabulary.type(named: name) else {
      if scope.laterKinds.contains(name) {
        addLater("'\(name)'", at: type.name.span)
        return .any
      }
      let known = Array(ValueType.named.keys) + Array(scope.vocabulary.kinds.keys)
      let nearest = Spelling.nearest(to: name, in: known.sorted())
      add(.unknownType(name, nearest: nearest, at: type.name.span))
      return .any
    }
    return type.isList ? .list(of: found) : found
  }

  // MARK: - Functions

  private func check(_ declaration: FunctionDeclaration) {
    let name = declaration.name
    if Builtin.named(name.text) != nil {
      add(.hidesName(name.text, what: "a function of opsh", at: name.span))
    } else if let type = scope.roots[name.text] {
      add(.hidesName(name.text, what: type.phrase, at: name.span))
    }
    for circle in facts.recursions[name.text] ?? []
    where functions[name.text]?.source === source {
      add(.recursion(circle.path, at: circle.place))
    }
    for call in facts.tooDeep[name.text] ?? [] where functions[name.text]?.source === source {
      add(.callsTooDeep(call.text, limit: FunctionFacts.nestingLimit, at: call.span))
    }
    let outer = (names, function)
    (names, function) = (NameTable(), declaration)
    for parameter in declaration.parameters {
      let type = resolve(parameter.type)
      if let value = parameter.defaultValue {
        let given = infer(value)
        require(type, given, value, at: value.span, what: "'\(parameter.name.text)'")
      }
      declare(parameter.name, StaticType(type), .parameter)
    }
    for statement in declaration.body.statements { check(statement) }
    warnOfUnused(names.unusedAtTop())
    (names, function) = outer
  }

  // MARK: - Steps

  private func check(_ step: StepDeclaration) {
    if let condition = step.condition { checkCondition(condition, of: "'when'") }
    if let limit = step.timeout { require(.duration, limit, what: "'timeout'") }
    if let approvals = step.approvals {
      require(.int, approvals, what: "'approved by'")
    }
    names.open()
    for statement in step.body.statements { check(statement) }
    if let undo = step.undo { check(undo) }
    if let probe = step.probe { checkCondition(probe, of: "'probe'", mayAsk: false) }
    if step.condition == nil {
      names.keepOpenNames()
    } else {
      warnOfUnused(names.close(.step(step.title.text)))
    }
  }
}

extension Item {
  var span: SourceSpan {
    switch self {
    case .runbook(_, _, let span), .use(_, let span), .onFailure(_, let span),
      .finally(_, let span):
      span
    case .parameter(let parameter): parameter.span
    case .function(let function): function.span
    case .step(let step): step.span
    case .statement(let statement): statement.span
    }
  }

  /// Says that a file which others use can hold it without being a runbook.
  fileprivate var mayBeUsed: Bool {
    switch self {
    case .use, .function: true
    default: false
    }
  }
}
