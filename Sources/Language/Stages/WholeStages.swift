import Diagnostics
import Values

/// `as json` and its like.
struct FormatStage: WholeStage {
  let name: String
  let span: SourceSpan

  func apply(_ value: Value, _ frame: inout Frame) throws(PlacedFailure) -> Value {
    if let pending = value.firstPending { throw PlacedFailure(pending: pending) }
    do throws(Failure) {
      return .text(try frame.operations.format(value, as: name))
    } catch {
      throw Outward.failure(error, of: value, span: span)
    }
  }
}

/// `save "file"`.
struct SaveStage: WholeStage {
  let path: any ExpressionNode
  let span: SourceSpan

  func apply(_ value: Value, _ frame: inout Frame) throws(PlacedFailure) -> Value {
    guard frame.walk == nil else {
      if case .stream(let stream) = value { stream.cancel() }
      return .nothing
    }
    let name = try path.value(&frame)
    guard case .text(let text) = name else {
      throw frame.wrong(
        .wrongType(what: "what 'save' takes", needed: "a file's name", actual: name),
        name,
        span
      )
    }
    do throws(Failure) {
      try frame.operations.save(value, to: text, at: frame.place())
    } catch {
      throw Outward.failure(error, of: value, span: span)
    }
    return .nothing
  }
}

/// A stage that the language has and this version does not.
struct LaterStage: WholeStage {
  let name: String
  let span: SourceSpan

  func apply(_ value: Value, _ frame: inout Frame) throws(PlacedFailure) -> Value {
    if case .stream(let stream) = value { stream.cancel() }
    throw PlacedFailure(.notInThisVersion(name), span: span)
  }
}

enum Outward {
  /// Gives the failure of who read a value, with the place where a row of it failed if one did.
  static func failure(_ error: Failure, of value: Value, span: SourceSpan?) -> PlacedFailure {
    if case .stream(let stream) = value, let placed = (stream as? PipelineStream)?.failure,
      placed.failure == error || placed.pending != nil
    {
      return placed
    }
    var failure = PlacedFailure(error)
    failure.span = span
    return failure
  }
}
