import Diagnostics
import Objects
import Syntax
import Values

extension Compiler {
  mutating func expression(_ expression: Expression) -> any ExpressionNode {
    switch expression {
    case .nothing: return ConstantNode(.nothing)
    case .bool(let flag, _): return ConstantNode(.bool(flag))
    case .int(let number, _): return ConstantNode(.int(number))
    case .number(let number, _): return ConstantNode(.number(number))
    case .percent(let number, _): return ConstantNode(.percent(number))
    case .duration(let micros, _): return ConstantNode(.duration(TimeSpan(microseconds: micros)))
    case .size(let bytes, _): return ConstantNode(.size(bytes))
    case .time(let micros, _): return ConstantNode(.time(Time(microseconds: micros)))
    case .ago(let micros, let span): return NowNode(before: micros, span: span)
    case .text(let parts, _): return text(parts)
    case .sql(let parts, _): return SQLNode(pieces(parts, isSQL: true))
    case .now(let span): return NowNode(before: 0, span: span)
    case .it(let span): return row(at: span)
    case .field(let name, let span):
      return MemberNode(
        row(at: span),
        name.text,
        isOptional: false,
        span: name.span,
        baseSpan: span
      )
    case .name(let name): return self.name(name)
    case .member(let base, let name, let isOptional, _):
      return MemberNode(
        self.expression(base),
        name.text,
        isOptional: isOptional,
        span: name.span,
        baseSpan: base.span
      )
    case .index(let base, let index, let span):
      return IndexNode(
        self.expression(base),
        pipeline(index),
        span: span,
        baseSpan: base.span
      )
    case .call(let callee, let arguments, let span):
      return call(callee, arguments, span: span)
    case .negate(let operand, let span): return negation(operand, span: span)
    case .not(let operand, _): return NotNode(self.expression(operand), span: operand.span)
    case .binary(let left, let operation, let right, let span):
      return binary(left, operation, right, span: span)
    case .list(let elements, _):
      var nodes: [any ExpressionNode] = []
      for element in elements { nodes.append(self.expression(element)) }
      return ListNode(nodes)
    case .record(let fields, _):
      var nodes: [any ExpressionNode] = []
      for field in fields { nodes.append(self.expression(field.value)) }
      return RecordNode(names: fields.map(\.name.text), cells: nodes)
    case .parenthesized(let pipeline, _): return self.pipeline(pipeline)
    case .missing(let span):
      return FailingNode(.call("something is missing here", advice: nil), at: span)
    }
  }

  private mutating func row(at span: SourceSpan) -> any ExpressionNode {
    guard let slot = rows.last else {
      return FailingNode(
        .call("there is no row here", advice: "'it' and '.field' stand inside a stage"),
        at: span
      )
    }
    return SlotNode(slot)
  }

  private mutating func negation(_ operand: Expression, span: SourceSpan) -> any ExpressionNode {
    let node = expression(operand)
    // A literal is folded, so that a loop does not negate it again and again.
    if let constant = node as? ConstantNode, let value = try? Arithmetic.negate(constant.constant) {
      return ConstantNode(value)
    }
    return NegateNode(node, span: span)
  }

  private mutating func binary(
    _ left: Expression,
    _ operation: BinaryOperator,
    _ right: Expression,
    span: SourceSpan
  ) -> any ExpressionNode {
    let a = expression(left)
    let b = expression(right)
    let sides = (left: left.span, right: right.span)
    switch operation {
    case .or, .and:
      return LogicNode(
        isAnd: operation == .and,
        a,
        b,
        leftSpan: left.span,
        rightSpan: right.span
      )
    case .is, .isNot, .less, .lessOrEqual, .greater, .greaterOrEqual, .in, .notIn, .matches:
      return ComparisonNode(operation, a, b, span: span, sides: sides)
    case .otherwise: return OtherwiseNode(a, b)
    case .range: return RangeNode(a, b, span: span)
    case .add: return ArithmeticNode(.add, a, b, span: span, sides: sides)
    case .subtract: return ArithmeticNode(.subtract, a, b, span: span, sides: sides)
    case .multiply: return ArithmeticNode(.multiply, a, b, span: span, sides: sides)
    case .divide: return ArithmeticNode(.divide, a, b, span: span, sides: sides)
    }
  }

  // MARK: - Texts

  mutating func text(_ parts: [TextPart]) -> any ExpressionNode {
    let pieces = pieces(parts, isSQL: false)
    if pieces.isEmpty { return ConstantNode(.text("")) }
    if pieces.count == 1, case .literal(let text) = pieces[0] { return ConstantNode(.text(text)) }
    return TextNode(pieces)
  }

  mutating func pieces(_ parts: [TextPart], isSQL: Bool) -> [TextPiece] {
    var pieces: [TextPiece] = []
    for part in parts {
      switch part {
      case .literal(let text, _): pieces.append(.literal(text))
      case .interpolation(.call(.name(let name), let arguments, _), _)
      where isSQL && name.text == "identifier" && arguments.count == 1:
        pieces.append(.identifier(expression(arguments[0].value), arguments[0].value.span))
      case .interpolation(let value, _): pieces.append(.value(expression(value), value.span))
      }
    }
    return pieces
  }

  // MARK: - Calls

  mutating func arguments(_ arguments: [Argument]) -> [ArgumentNode] {
    var nodes: [ArgumentNode] = []
    for argument in arguments {
      nodes.append(
        ArgumentNode(
          label: argument.label?.text,
          node: expression(argument.value),
          span: argument.value.span
        )
      )
    }
    return nodes
  }

  private mutating func call(_ callee: Expression, _ arguments: [Argument], span: SourceSpan)
    -> any ExpressionNode
  {
    switch callee {
    case .name(let name): return call(name, arguments, span: span)
    case .member(let base, let name, let isOptional, _):
      return MemberCallNode(
        expression(base),
        name.text,
        isOptional: isOptional,
        self.arguments(arguments),
        span: name.span,
        baseSpan: base.span
      )
    case .field(let name, let fieldSpan):
      return MemberCallNode(
        row(at: fieldSpan),
        name.text,
        isOptional: false,
        self.arguments(arguments),
        span: name.span,
        baseSpan: fieldSpan
      )
    default:
      return FailingNode(
        .call("only functions and members can be called", advice: nil),
        at: span
      )
    }
  }

  private mutating func call(_ name: Name, _ arguments: [Argument], span: SourceSpan)
    -> any ExpressionNode
  {
    if let aggregate = aggregate(name, arguments) { return aggregate }
    if let unit = surroundings.functions[name.text] {
      return FunctionCallNode(unit, self.arguments(arguments), span: span)
    }
    guard let builtin = Builtin.named(name.text) else {
      let known = Builtin.all.map(\.name) + surroundings.functions.keys
      let nearest = Spelling.nearest(to: name.text, in: known)
      return FailingNode(
        .call(
          "there is no function '\(name.text)'",
          advice: nearest.map { "did you mean '\($0)'?" }
        ),
        at: name.span
      )
    }
    if case .function(let body) = builtin.body {
      return BuiltinCallNode(builtin, body: body, self.arguments(arguments), span: span)
    }
    return form(builtin, arguments, span: span)
  }

  private mutating func form(_ builtin: Builtin, _ arguments: [Argument], span: SourceSpan)
    -> any ExpressionNode
  {
    guard let first = arguments.first, first.label == nil else {
      return FailingNode(
        .call("\(builtin.name) needs '\(builtin.parameters[0].name)'", advice: nil),
        at: span
      )
    }
    switch builtin.name {
    case "ask":
      let choices = arguments.first { $0.label?.text == "from" }?.value
      var type: ValueType?
      if case .name(let name)? = arguments.first(where: { $0.label?.text == "type" })?.value {
        type = surroundings.vocabulary.type(named: name.text) ?? .any
      }
      return AskNode(
        expression(first.value),
        choices: choices.map { expression($0) },
        type: type,
        span: span
      )
    case "secret": return SecretNode(expression(first.value), span: span)
    default:
      return FailingNode(
        .call("\(builtin.name) stands only in ${} of an sql text", advice: nil),
        at: span
      )
    }
  }

  /// In the `with` of a `group by`, `sum(.x)` is what the rows of the group add up to.
  private mutating func aggregate(_ name: Name, _ arguments: [Argument])
    -> (any ExpressionNode)?
  {
    guard aggregates != nil else { return nil }
    let kind: GroupStage.Added.Kind
    if let aggregate = Stage.Aggregate(rawValue: name.text) {
      kind = .aggregate(aggregate)
    } else if let test = Stage.Test(rawValue: name.text), test != .find {
      kind = .test(test)
    } else {
      return nil
    }
    guard kind.isHere, arguments.count == 1, let argument = arguments.first else {
      return FailingNode(
        kind.isHere
          ? .call("\(name.text) takes one expression", advice: nil) : .notInThisVersion(name.text),
        at: name.span
      )
    }
    let outer = aggregates
    aggregates = nil
    let node = withRow(groupSlot) { $0.expression(argument.value) }
    aggregates = outer
    let slot = newSlot()
    aggregates?.append(
      GroupStage.Added(kind: kind, expression: node, slot: slot, span: argument.value.span)
    )
    return SlotNode(slot)
  }
}

extension GroupStage.Added.Kind {
  fileprivate var isHere: Bool {
    if case .aggregate(.percentile) = self { false } else { true }
  }
}
