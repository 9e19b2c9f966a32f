import Diagnostics
import Objects
import Values

/// `base.name` and `base?.name`: a field, a read without arguments, or a member of a scalar.
final class MemberNode: ExpressionNode {
  let base: any ExpressionNode
  let name: String
  let isOptional: Bool
  let span: SourceSpan
  let baseSpan: SourceSpan

  init(
    _ base: any ExpressionNode,
    _ name: String,
    isOptional: Bool,
    span: SourceSpan,
    baseSpan: SourceSpan
  ) {
    self.base = base
    self.name = name
    self.isOptional = isOptional
    self.span = span
    self.baseSpan = baseSpan
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let owner = try base.value(&frame)
    if isOptional, case .nothing = owner { return .nothing }
    if case .record(let record) = owner, let cell = record[name] { return cell }
    try checkNeedsNoCall(owner)
    return try Members.read(name, of: owner, Arguments(), span: span, baseSpan: baseSpan, &frame)
  }
}

extension MemberNode {
  /// A read may leave out empty `()`; an action, and a read that needs arguments, may not.
  fileprivate func checkNeedsNoCall(_ owner: Value) throws(PlacedFailure) {
    guard case .object(let reference) = owner, let object = reference as? ObjectValue,
      let member = object.kind.member(name)
    else { return }
    let required = member.parameters.filter(\.isRequired)
    guard member.isAction || !required.isEmpty else { return }
    let words = required.map { $0.isPositional ? $0.name : "\($0.name): …" }
    throw PlacedFailure(
      .call(
        member.isAction
          ? "'\(name)' is an action: it has to be called" : "'\(name)' needs arguments",
        advice: "write \(name)(\(words.joined(separator: ", ")))"
      ),
      span: span
    )
  }
}

/// Reading and calling members of any value.
enum Members {
  static func read(
    _ name: String,
    of owner: Value,
    _ arguments: Arguments,
    span: SourceSpan,
    baseSpan: SourceSpan,
    _ frame: inout Frame
  ) throws(PlacedFailure) -> Value {
    switch owner {
    case .record(let record):
      if let cell = record[name] { return cell }
      throw PlacedFailure(unknown(name, of: "this record", among: record.names), span: span)
    case .object(let reference):
      guard let object = reference as? ObjectValue else { break }
      if object.kind.member(name) == nil, object.kind.elements != nil,
        ScalarMember.member(name, of: .list(of: .any)) != nil
      {
        let rows = try Rows.list(of: owner, span: baseSpan, &frame)
        return try scalar(name, of: .list(rows), arguments, span: span, baseSpan: baseSpan, &frame)
      }
      return try member(name, of: object, arguments, span: span, &frame)
    default: break
    }
    return try scalar(name, of: owner, arguments, span: span, baseSpan: baseSpan, &frame)
  }

  private static func member(
    _ name: String,
    of object: ObjectValue,
    _ arguments: Arguments,
    span: SourceSpan,
    _ frame: inout Frame
  ) throws(PlacedFailure) -> Value {
    guard let member = object.kind.member(name) else {
      if object.kind.later.contains(name) {
        throw PlacedFailure(.notInThisVersion(name), span: span)
      }
      throw PlacedFailure(
        unknown(name, of: object.kind.name, among: object.kind.members.map(\.name)),
        span: span
      )
    }
    let context = frame.callContext()
    do throws(Failure) {
      switch member.implementation {
      case .field: return try object.read(name, arguments, in: context)
      case .read: return try object.read(name, arguments, in: context)
      case .action: return .plan(try object.plan(name, arguments, in: context))
      }
    } catch {
      throw PlacedFailure(error, span: span)
    }
  }

  private static func scalar(
    _ name: String,
    of owner: Value,
    _ arguments: Arguments,
    span: SourceSpan,
    baseSpan: SourceSpan,
    _ frame: inout Frame
  ) throws(PlacedFailure) -> Value {
    switch owner {
    case .pending(let pending): throw PlacedFailure(pending: pending)
    case .nothing:
      throw PlacedFailure(.isNothing(what: "'\(frame.text(of: baseSpan))'"), span: span)
    default: break
    }
    let type = owner.type
    guard let member = ScalarMember.member(name, of: type) else {
      throw PlacedFailure(unknownScalar(name, of: owner), span: span)
    }
    if let missing = member.parameters.first(where: { arguments[$0.name] == nil }) {
      throw PlacedFailure(
        .call("'\(name)' needs (\(missing.name)): \(missing.summary)", advice: nil),
        span: span
      )
    }
    do throws(EvaluationError) {
      return try member.body(owner, arguments)
    } catch {
      throw frame.wrong(error, owner, span)
    }
  }

  private static func unknownScalar(_ name: String, of owner: Value) -> EvaluationError {
    let names = ScalarMember.members(of: owner.type).map(\.name)
    let owned =
      switch owner {
      case .list, .range: "a list"
      case .plan: "a plan"
      case .secret: "a secret"
      case .sql: "an sql text"
      default: owner.type.name
      }
    let advice: String? =
      switch owner {
      case .list, .range: "take the member of each: … | each .\(name)"
      case .plan: "a plan is done with 'do' before it has a result"
      default: nil
      }
    return .noMember(
      owner: owned,
      name: name,
      nearest: Spelling.nearest(to: name, in: names),
      advice: advice
    )
  }

  static func unknown(_ name: String, of owner: String, among names: [String]) -> EvaluationError {
    .noMember(
      owner: owner,
      name: name,
      nearest: Spelling.nearest(to: name, in: names),
      advice: names.isEmpty ? nil : "it has " + names.prefix(12).joined(separator: ", ")
    )
  }
}

/// `base[index]`: by place in a list, by name among objects, by field of a record.
final class IndexNode: ExpressionNode {
  let base: any ExpressionNode
  let index: any ExpressionNode
  let span: SourceSpan
  let baseSpan: SourceSpan

  init(
    _ base: any ExpressionNode,
    _ index: any ExpressionNode,
    span: SourceSpan,
    baseSpan: SourceSpan
  ) {
    self.base = base
    self.index = index
    self.span = span
    self.baseSpan = baseSpan
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let owner = try base.value(&frame)
    let key = try index.value(&frame)
    do throws(EvaluationError) {
      switch (owner, key) {
      case (.record(let record), .text(let name)):
        guard let cell = record[name] else {
          throw Members.unknown(name, of: "this record", among: record.names)
        }
        return cell
      case (.list(let values), .text(let name)):
        return try Lookup.element(of: values, named: name, owner: frame.text(of: baseSpan))
      case (.list, .int(let place)), (.range, .int(let place)):
        return try Lookup.element(of: owner, at: place)
      case (.nothing, _): throw .isNothing(what: "'\(frame.text(of: baseSpan))'")
      case (.object, _): break
      case (.list, _), (.range, _):
        throw .wrongType(what: "the index", needed: "a whole number or a name", actual: key)
      case (.record, _): throw .wrongType(what: "the index", needed: "a name", actual: key)
      default:
        throw .wrongType(
          what: "'\(frame.text(of: baseSpan))'",
          needed: "a list or record to be indexed",
          actual: owner
        )
      }
    } catch {
      if case .isNothing = error { throw PlacedFailure(error, span: span) }
      throw frame.wrong(error, owner, key, span: span)
    }
    let values = try Rows.list(of: owner, span: baseSpan, &frame)
    do throws(EvaluationError) {
      switch key {
      case .text(let name):
        return try Lookup.element(of: values, named: name, owner: frame.text(of: baseSpan))
      case .int(let place): return try Lookup.element(of: .list(values), at: place)
      default:
        throw .wrongType(what: "the index", needed: "a whole number or a name", actual: key)
      }
    } catch {
      throw frame.wrong(error, key, span)
    }
  }
}
