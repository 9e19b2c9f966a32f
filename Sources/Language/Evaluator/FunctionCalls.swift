import Diagnostics
import Objects
package import Values

/// One function, compiled.
///
/// `@unchecked Sendable`: its body is set once, before the evaluator is given to anybody.
final class FunctionUnit: @unchecked Sendable {
  let name: String
  let isAction: Bool
  let source: SourceText
  let parameters: [Parameter]
  let result: ValueType?
  fileprivate(set) var defaults: [(any ExpressionNode)?] = []
  fileprivate(set) var body: BlockNode?
  fileprivate(set) var slotCount = 0
  let position: Position

  init(
    name: String,
    isAction: Bool,
    source: SourceText,
    parameters: [Parameter],
    result: ValueType?,
    span: SourceSpan
  ) {
    self.name = name
    self.isAction = isAction
    self.source = source
    self.parameters = parameters
    self.result = result
    position = Position(source: source, span: span, path: [])
  }

  func complete(body: BlockNode, defaults: [(any ExpressionNode)?], slotCount: Int) {
    self.body = body
    self.defaults = defaults
    self.slotCount = slotCount
  }

  /// Runs the body with these arguments.
  func run(_ arguments: Arguments, from frame: inout Frame, caller: Caller?, word: String)
    throws(PlacedFailure) -> Value
  {
    guard frame.depth < 100, let body else {
      // The checker has refused this; it is the last wall before the stack's end.
      throw PlacedFailure(
        .call("functions call each other more than 100 deep, at \(name)", advice: nil),
        span: frame.position.span
      )
    }
    var callee = Frame(world: frame.world, position: position, slotCount: slotCount)
    callee.cancellation = frame.cancellation
    callee.depth = frame.depth + 1
    callee.step = frame.step
    callee.walk = frame.walk
    callee.caller = caller
    // Only what acts is known by its path, so a call for each of a million rows spells none.
    if isAction { callee.base = frame.path(of: frame.position) + "/" + word }
    try bind(arguments, &callee)
    let before = frame.walk?.hasMaybeReturned ?? false
    frame.walk?.hasMaybeReturned = false
    defer { frame.walk?.hasMaybeReturned = before }
    let flow = try body.execute(&callee)
    if frame.walk?.hasMaybeReturned == true {
      return .pending(Pending(place: "\(name)()", type: result ?? .any))
    }
    guard case .returned(let value) = flow else { return .nothing }
    guard let result else { return value }
    guard let fitted = try Fitting.fit(value, to: .optional(result), span: position.span, &callee)
    else {
      throw PlacedFailure(
        .wrongType(what: "what \(name) returns", needed: result.needed, actual: value),
        span: frame.position.span
      )
    }
    return fitted
  }

  private func bind(_ arguments: Arguments, _ callee: inout Frame) throws(PlacedFailure) {
    for (index, parameter) in parameters.enumerated() {
      if let given = arguments.values.first(where: { $0.name == parameter.name }) {
        callee.slots[index] = given.value
      } else if let node = defaults[index] {
        do throws(PlacedFailure) {
          callee.slots[index] = try node.value(&callee)
        } catch {
          throw error.placed(at: callee.place())
        }
      }
    }
  }
}

/// A call of a function: its value, or for an action its plan.
final class FunctionCallNode: ExpressionNode {
  let unit: FunctionUnit
  let arguments: [ArgumentNode]
  let span: SourceSpan

  init(_ unit: FunctionUnit, _ arguments: [ArgumentNode], span: SourceSpan) {
    self.unit = unit
    self.arguments = arguments
    self.span = span
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let matched = try ArgumentMatching.arguments(
      arguments,
      for: unit.parameters,
      of: unit.name,
      span: span,
      &frame
    )
    guard !unit.isAction else { return .plan(FunctionCall.plan(unit, matched)) }
    do throws(PlacedFailure) {
      return try unit.run(matched, from: &frame, caller: nil, word: unit.name)
    } catch {
      var error = error
      if error.pending == nil {
        var place = frame.place()
        place.span = span
        error.trace.append(place)
      }
      throw error
    }
  }
}

/// The planned call of an action function: name, texts and arguments; the body is run by `do`.
package final class FunctionCall: PlannedCall {
  let unit: FunctionUnit
  let arguments: Arguments

  init(_ unit: FunctionUnit, _ arguments: Arguments) {
    self.unit = unit
    self.arguments = arguments
  }

  /// The function's name and the full text of its file; whoever hashes it hashes the text.
  package var hashContent: JSON {
    [
      "function": .string(unit.name),
      "text": .string(String(decoding: unit.source.bytes, as: UTF8.self)),
    ]
  }

  static func plan(_ unit: FunctionUnit, _ arguments: Arguments) -> Plan {
    let environments = Set(
      arguments.values.compactMap { argument -> String? in
        guard case .object(let object) = argument.value, object.kindName == "environment" else {
          return nil
        }
        return object.identity
      }
    )
    let words = arguments.values.map { argument in
      if case .secret(let secret) = argument.value { return "\(argument.name): \(secret)" }
      return "\(argument.name): \(argument.value.described)"
    }
    return Plan(
      target: Plan.Target(
        environment: environments.count == 1 ? environments.first : nil,
        kind: "function",
        identity: unit.name
      ),
      member: unit.name,
      arguments: arguments.values,
      effect: .change,
      effectClass: .opaque,
      summary: "\(unit.name)(\(words.joined(separator: ", ")))",
      resultType: unit.result ?? .nothing,
      body: .call(FunctionCall(unit, arguments))
    )
  }
}

extension PlacedFailure {
  /// Gives the failure with its place, where it has none yet.
  func placed(at place: Place) -> PlacedFailure {
    guard self.place == nil, pending == nil else { return self }
    var failure = self
    var place = place
    if let span { place.span = span }
    failure.place = place
    failure.span = nil
    return failure
  }
}
