import Diagnostics
import Objects
import Syntax
import Values

extension Checker {
  func inferCall(_ callee: Expression, _ arguments: [Argument], at span: SourceSpan) -> StaticType {
    switch callee {
    case .member(let base, let name, let isOptional, _):
      return inferMember(of: base, name, isOptional: isOptional, arguments: arguments, at: span)
    case .field(let name, let place): return inferField(name, arguments: arguments, at: place)
    case .name(let name): return inferCall(of: name, arguments, at: span)
    default:
      let given = infer(callee)
      inferAll(arguments)
      if !given.isAny { add(.notCallable(source.text(of: callee.span), at: span)) }
      return .any
    }
  }

  private func inferCall(of name: Name, _ arguments: [Argument], at span: SourceSpan) -> StaticType
  {
    if isInWith, let type = inferAggregate(name, arguments, at: span) { return type }
    if let function = functions[name.text] {
      return inferCall(of: function, name, arguments)
    }
    if name.text == "ask" {
      add(.misplacedAsk(at: span))
      return inferAsk(arguments, at: span)
    }
    if let builtin = Builtin.named(name.text) {
      checkArguments(arguments, builtin.parameters, of: name.text, at: name.span)
      if name.text == "secret" { checkSecret(arguments) }
      return StaticType(builtin.result)
    }
    if names.bindings[name.text] != nil || scope.roots[name.text] != nil {
      _ = infer(name)
      inferAll(arguments)
      add(.notCallable(name.text, at: name.span))
      return .any
    }
    if name.text == cursor { completion = .name(visibleNames) }
    inferAll(arguments)
    if StageName(rawValue: name.text) != nil {
      add(.stageAsFunction(name.text, at: name.span))
    } else if !name.text.isEmpty {
      let nearest = nearestName(to: name.text, besides: allFunctions)
      add(.unknownFunction(name.text, nearest: nearest, at: name.span))
    }
    return .any
  }

  private func inferCall(
    of function: Program.Function,
    _ name: Name,
    _ arguments: [Argument]
  ) -> StaticType {
    let declaration = function.declaration
    let parameters = declaration.parameters.map { parameter in
      Parameter(
        parameter.name.text,
        type(of: parameter.type) ?? .any,
        "",
        isPositional: true,
        isRequired: parameter.defaultValue == nil
      )
    }
    checkArguments(arguments, parameters, of: name.text, at: name.span, mayName: true)
    if isInParallel, facts.asking.contains(name.text) {
      add(.asksInParallel(name.text, at: name.span))
    }
    var result = ValueType.any
    if let declared = declaration.result {
      result = type(of: declared) ?? .any
    } else if !declaration.body.givesBack {
      result = .nothing
    }
    return function.isAction ? StaticType(.plan, result: result) : StaticType(result)
  }

  // MARK: - Arguments

  func checkArguments(
    _ arguments: [Argument],
    _ parameters: [Parameter],
    of callee: String,
    at span: SourceSpan,
    mayName: Bool = false
  ) {
    let pairs = match(arguments, to: parameters, of: callee, at: span, mayName: mayName)
    for (parameter, argument) in pairs {
      guard let parameter else {
        _ = infer(argument.value)
        continue
      }
      let expected = parameter.isRequired ? parameter.type : .optional(parameter.type)
      let what = "'\(parameter.name)' of \(callee)"
      let given = infer(argument.value, expecting: parameter.type)
      require(expected, given, argument.value, at: argument.value.span, what: what)
    }
  }

  /// Finds the parameter of each argument, and reports labels that are unknown, missing or twice.
  ///
  /// With `mayName`, as in calls of functions, a positional parameter can be named as well.
  func match(
    _ arguments: [Argument],
    to parameters: [Parameter],
    of callee: String,
    at span: SourceSpan? = nil,
    mayName: Bool = false
  ) -> [(Parameter?, Argument)] {
    noteCursor(in: arguments, parameters)
    var given: [String: SourceSpan] = [:]
    var positional = parameters.filter(\.isPositional)[...]
    let pairs = arguments.map { argument -> (Parameter?, Argument) in
      if let label = argument.label {
        let found = labelled(label, parameters, of: callee, mayName: mayName, &given)
        return (found, argument)
      }
      while let next = positional.first, given[next.name] != nil { positional.removeFirst() }
      guard let parameter = positional.popFirst() else {
        add(surplus(argument, parameters, given, of: callee))
        return (nil, argument)
      }
      given[parameter.name] = argument.span
      return (parameter, argument)
    }
    let missing = parameters.filter { $0.isRequired && given[$0.name] == nil }
    let isExplained = pairs.contains { $0.0 == nil }
    if let span, !missing.isEmpty, !isExplained {
      add(.missingArguments(missing, of: callee, at: span))
    }
    return pairs
  }

  private func labelled(
    _ label: Name,
    _ parameters: [Parameter],
    of callee: String,
    mayName: Bool,
    _ given: inout [String: SourceSpan]
  ) -> Parameter? {
    guard let parameter = parameters.first(where: { $0.name == label.text }) else {
      let labels = parameters.filter { mayName || !$0.isPositional }.map(\.name)
      let nearest = Spelling.nearest(to: label.text, in: labels)
      add(.unknownLabel(label.text, of: callee, labels: labels, nearest: nearest, at: label.span))
      return nil
    }
    if parameter.isPositional, !mayName {
      add(.labelNotNeeded(label.text, of: callee, at: label.span))
    }
    if let first = given[label.text] {
      add(.argumentTwice(label.text, at: label.span, first: first))
    }
    given[label.text] = label.span
    return parameter
  }

  /// Says what an argument without a label is too much for, or which label it needs.
  private func surplus(
    _ argument: Argument,
    _ parameters: [Parameter],
    _ given: [String: SourceSpan],
    of callee: String
  ) -> Diagnostic {
    let open = parameters.filter { !$0.isPositional && given[$0.name] == nil }
    let required = open.filter(\.isRequired)
    let candidates = required.isEmpty ? open : required
    guard candidates.isEmpty else {
      return .labelNeeded(candidates.map(\.name), of: callee, at: argument.span)
    }
    return .tooManyArguments(of: callee, takes: parameters.count, at: argument.span)
  }

  private func noteCursor(in arguments: [Argument], _ parameters: [Parameter]) {
    guard let cursor else { return }
    for argument in arguments {
      guard case .name(let name) = argument.value, name.text == cursor, argument.label == nil else {
        continue
      }
      let given = Set(arguments.compactMap(\.label?.text))
      completion = .argument(parameters.filter { !given.contains($0.name) }, visibleNames)
    }
  }
}

extension Block {
  /// Says that a `return` with a value stands in it.
  fileprivate var givesBack: Bool {
    statements.contains { statement in
      switch statement {
      case .giveBack(let value, _): value != nil
      case .branch(let branch): branch.givesBack
      case .loop(let loop), .parallelLoop(_, let loop, _): loop.body.givesBack
      case .parallelBlock(_, let block, _): block.givesBack
      case .retry(let retry): retry.body.givesBack
      case .attempt(let body, _, let handler, _): body.givesBack || handler.givesBack
      default: false
      }
    }
  }
}

extension IfStatement {
  fileprivate var givesBack: Bool {
    if body.givesBack { return true }
    return switch alternative {
    case .elseIf(let next): next.givesBack
    case .elseBlock(let block): block.givesBack
    case nil: false
    }
  }
}
