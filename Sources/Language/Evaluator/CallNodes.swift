import Diagnostics
import Objects
import Values

/// `base.name(arguments)`: a read, an action (gives its plan), or a member of a scalar.
final class MemberCallNode: ExpressionNode {
  let base: any ExpressionNode
  let name: String
  let isOptional: Bool
  let arguments: [ArgumentNode]
  let span: SourceSpan
  let baseSpan: SourceSpan

  init(
    _ base: any ExpressionNode,
    _ name: String,
    isOptional: Bool,
    _ arguments: [ArgumentNode],
    span: SourceSpan,
    baseSpan: SourceSpan
  ) {
    self.base = base
    self.name = name
    self.isOptional = isOptional
    self.arguments = arguments
    self.span = span
    self.baseSpan = baseSpan
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let owner = try base.value(&frame)
    if isOptional, case .nothing = owner { return .nothing }
    let parameters: [Parameter]
    if case .object(let reference) = owner, let object = reference as? ObjectValue,
      let member = object.kind.member(name)
    {
      parameters = member.parameters
    } else if case .record = owner, !arguments.isEmpty {
      throw PlacedFailure(
        .call("'\(name)' is a field: it takes no arguments", advice: nil),
        span: span
      )
    } else {
      parameters = ScalarMember.member(name, of: owner.scalarType)?.parameters ?? []
    }
    let matched = try ArgumentMatching.arguments(
      arguments,
      for: parameters,
      of: name,
      span: span,
      &frame
    )
    return try Members.read(name, of: owner, matched, span: span, baseSpan: baseSpan, &frame)
  }
}

extension Value {
  /// The type whose scalar members apply; a collection has those of a list.
  fileprivate var scalarType: ValueType {
    if case .object = self { .list(of: .any) } else { type }
  }
}

/// A call of a builtin.
final class BuiltinCallNode: ExpressionNode {
  let builtin: Builtin
  let body: @Sendable (Arguments) throws(EvaluationError) -> Value
  let arguments: [ArgumentNode]
  let span: SourceSpan

  init(
    _ builtin: Builtin,
    body: @escaping @Sendable (Arguments) throws(EvaluationError) -> Value,
    _ arguments: [ArgumentNode],
    span: SourceSpan
  ) {
    self.builtin = builtin
    self.body = body
    self.arguments = arguments
    self.span = span
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let matched = try ArgumentMatching.arguments(
      arguments,
      for: builtin.parameters,
      of: builtin.name,
      span: span,
      &frame
    )
    do throws(EvaluationError) {
      return try body(matched)
    } catch {
      throw PlacedFailure(error, span: span)
    }
  }
}

/// `secret("NAME")`.
final class SecretNode: ExpressionNode {
  let name: any ExpressionNode
  let span: SourceSpan

  init(_ name: any ExpressionNode, span: SourceSpan) {
    self.name = name
    self.span = span
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let value = try name.value(&frame)
    guard case .text(let name) = value else {
      throw frame.wrong(
        .wrongType(what: "a secret's name", needed: "a text", actual: value),
        value,
        span
      )
    }
    do throws(Failure) {
      return try frame.operations.secret(name)
    } catch {
      throw PlacedFailure(error, span: span)
    }
  }
}

/// `ask("question")`, with `from:` or `type:`.
final class AskNode: ExpressionNode {
  let question: any ExpressionNode
  let choices: any ExpressionNode
  let hasChoices: Bool
  let type: ValueType?
  let span: SourceSpan

  init(
    _ question: any ExpressionNode,
    choices: (any ExpressionNode)?,
    type: ValueType?,
    span: SourceSpan
  ) {
    self.question = question
    self.choices = choices ?? ConstantNode(.nothing)
    hasChoices = choices != nil
    self.type = type
    self.span = span
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let text = try Questions.text(question, span: span, &frame)
    var kind = Question.Kind.yesOrNo
    var answer = ValueType.bool
    if hasChoices {
      let value = try choices.value(&frame)
      if case .pending(let pending) = value { throw PlacedFailure(pending: pending) }
      let rows = try Rows.list(of: value, span: span, &frame)
      guard !rows.isEmpty else {
        throw PlacedFailure(.empty(what: "the list to choose from"), span: span)
      }
      kind = .choice(rows)
      answer = rows[0].type
    } else if let type {
      kind = .value(type)
      answer = type
    }
    let asked = Question(text, kind)
    if let walk = frame.walk {
      walk.add(.question(asked, frame.place()))
      return .pending(Pending(place: "the answer, line \(frame.line(of: span))", type: answer))
    }
    do throws(Failure) {
      return try frame.operations.ask(asked, at: frame.place())
    } catch {
      throw PlacedFailure(error, span: span)
    }
  }
}

enum Questions {
  /// Gives the text of a question or note; in a walk, where it is not known yet, as it is written.
  static func text(_ node: any ExpressionNode, span: SourceSpan, _ frame: inout Frame)
    throws(PlacedFailure) -> String
  {
    do throws(PlacedFailure) {
      let value = try node.value(&frame)
      do throws(EvaluationError) {
        return try Interpolation.text(of: value)
      } catch {
        throw frame.wrong(error, value, span)
      }
    } catch {
      guard error.pending != nil, frame.walk != nil else { throw error }
      return frame.text(of: span)
    }
  }
}
