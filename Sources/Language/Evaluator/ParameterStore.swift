import Diagnostics
import Objects
private import Synchronization
import Syntax
import Values

/// A runbook's parameters: given, or evaluated when they are first needed.
final class ParameterStore: Sendable {
  struct Declared: Sendable {
    let name: String
    let type: ValueType
    let defaultValue: (any ExpressionNode)?
    let slotCount: Int
    let position: Position
  }

  private enum State {
    case missing, underway
    case known(Value)
    /// It was tried a moment ago: whoever did not answer then would only be waited for again.
    case failed(PlacedFailure)
  }

  let declared: [Declared]
  private let states: Mutex<[State]>

  init(
    _ declared: [Declared],
    given: [String: Value],
    failed: [String: PlacedFailure] = [:]
  ) {
    self.declared = declared
    states = Mutex(
      declared.map { parameter in
        given[parameter.name].map { .known($0) } ?? failed[parameter.name].map { .failed($0) }
          ?? .missing
      }
    )
  }

  /// The values that are known by now, for the record.
  var known: [String: Value] {
    states.withLock { states in
      var known: [String: Value] = [:]
      for (declared, state) in zip(declared, states) {
        if case .known(let value) = state { known[declared.name] = value }
      }
      return known
    }
  }

  func set(_ index: Int, _ value: Value) {
    states.withLock { $0[index] = .known(value) }
  }

  func value(_ index: Int, _ frame: inout Frame) throws(PlacedFailure) -> Value {
    let state = states.withLock { states in
      let before = states[index]
      if case .missing = before { states[index] = .underway }
      return before
    }
    let parameter = declared[index]
    switch state {
    case .known(let value): return value
    case .failed(let failure): throw failure
    case .underway:
      throw PlacedFailure(
        .call("the default of '\(parameter.name)' needs itself", advice: nil),
        span: parameter.position.span
      )
    case .missing: break
    }
    do throws(PlacedFailure) {
      let value = try makeDefault(parameter, frame)
      set(index, value)
      if frame.walk == nil { try Self.record(value, of: parameter, frame) }
      return value
    } catch {
      states.withLock { $0[index] = .missing }
      throw error
    }
  }

  /// Puts the value of a parameter on record: a run that goes on has the same.
  static func record(_ value: Value, of parameter: Declared, _ frame: Frame) throws(PlacedFailure) {
    var place = frame.place(of: parameter.position)
    place.path = Place.path(ofParameter: parameter.name)
    do throws(Failure) {
      // A parameter that was asked for or given before is on record already.
      if case .known? = try frame.recollection?.value(at: place.path) { return }
      try frame.operations.didBind(parameter.name, value, at: place)
    } catch {
      throw PlacedFailure(error, at: place)
    }
  }

  private func makeDefault(_ parameter: Declared, _ outer: Frame) throws(PlacedFailure) -> Value {
    guard let node = parameter.defaultValue else {
      throw PlacedFailure(Failure(.usage, "'\(parameter.name)' was not given"))
    }
    var frame = Frame(
      world: outer.world,
      position: parameter.position,
      slotCount: parameter.slotCount
    )
    frame.cancellation = outer.cancellation
    frame.walk = outer.walk
    let value: Value
    do throws(PlacedFailure) {
      value = try node.value(&frame)
    } catch {
      guard outer.walk != nil, error.pending != nil else {
        throw error.placed(at: frame.place(of: parameter.position))
      }
      return .pending(Pending(place: parameter.name, type: parameter.type))
    }
    // A default may be nothing, such as an environment without a last good deployment; using it is
    // the error then.
    guard
      let fitted = try Fitting.fit(
        value,
        to: .optional(parameter.type),
        span: parameter.position.span,
        &frame
      )
    else {
      throw PlacedFailure(
        .wrongType(what: "'\(parameter.name)'", needed: parameter.type.needed, actual: value),
        span: parameter.position.span
      ).placed(at: frame.place(of: parameter.position))
    }
    return fitted
  }
}
