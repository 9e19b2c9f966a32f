package import Values

/// One object of the operated stack.
package final class ObjectValue: ObjectReference {
  package let kind: ObjectKind
  package let identity: String
  /// The environment it belongs to, where it belongs to one; guards ask by it.
  package let environment: String?
  /// What the provider knows of it; its type is the one that the kind's members were declared with.
  package let payload: any Sendable

  package init(
    _ kind: ObjectKind,
    identity: String,
    environment: String? = nil,
    payload: any Sendable
  ) {
    self.kind = kind
    self.identity = identity
    self.environment = environment
    self.payload = payload
  }

  package var kindName: String { kind.name }

  package var summaryRecord: Record {
    let columns = kind.columns
    return Record(
      fields: columns.map { member in
        guard case .field(let body) = member.implementation else { return (member.name, .nothing) }
        return (member.name, body(self))
      }
    )
  }

  /// Gives the payload as the type that a member was declared with.
  package func payload<Payload: Sendable>(for member: String) throws(Failure) -> Payload {
    guard let payload = payload as? Payload else {
      throw Failure(.value, "\(kind.name) \(identity) is not what '\(member)' needs")
    }
    return payload
  }

  /// Reads a member: a field, or by asking.
  ///
  /// - Throws: what the provider throws; `value` for a name it does not have and for an action.
  package func read(
    _ name: String,
    _ arguments: Arguments = Arguments(),
    in context: CallContext
  ) throws(Failure) -> Value {
    guard let member = kind.member(name) else {
      throw Failure(.value, "\(kind.name) has no member '\(name)'")
    }
    try checkRestriction(of: member)
    switch member.implementation {
    case .field(let body): return body(self)
    case .read(let body): return try body(self, arguments, context)
    case .action: throw Failure(.value, "'\(name)' is an action: call it")
    }
  }

  /// Calls an action: gives its plan, by reads only.
  package func plan(
    _ name: String,
    _ arguments: Arguments,
    in context: CallContext
  ) throws(Failure) -> Plan {
    guard let member = kind.member(name), case .action(let body) = member.implementation else {
      throw Failure(.value, "\(kind.name) has no action '\(name)'")
    }
    try checkRestriction(of: member)
    return try body(self, arguments, context)
  }

  private func checkRestriction(of member: Member) throws(Failure) {
    let place = kind.name == "environment" ? identity : environment
    guard let restriction = member.restriction, let place,
      !restriction.environments.contains(place)
    else { return }
    throw Failure(
      .refused,
      "\(place) has no '\(member.name)'",
      advice: [restriction.advice]
    )
  }
}

/// The arguments of a call, by parameter name, already checked against the declaration.
package struct Arguments: Sendable {
  package var values: [(name: String, value: Value)]

  package init(_ values: [(name: String, value: Value)] = []) {
    self.values = values
  }

  /// Nothing where it was not given or is `nothing`.
  package subscript(_ name: String) -> Value? {
    guard let value = values.first(where: { $0.name == name })?.value else { return nil }
    if case .nothing = value { return nil }
    return value
  }

  package func text(_ name: String) throws(Failure) -> String? {
    guard let value = self[name] else { return nil }
    guard case .text(let text) = value else { throw wrongType(name, "a text", value) }
    return text
  }

  package func int(_ name: String) throws(Failure) -> Int64? {
    guard let value = self[name] else { return nil }
    guard case .int(let number) = value else { throw wrongType(name, "a whole number", value) }
    return number
  }

  package func bool(_ name: String) throws(Failure) -> Bool? {
    guard let value = self[name] else { return nil }
    guard case .bool(let flag) = value else { throw wrongType(name, "true or false", value) }
    return flag
  }

  package func time(_ name: String) throws(Failure) -> Time? {
    guard let value = self[name] else { return nil }
    guard case .time(let time) = value else { throw wrongType(name, "a time", value) }
    return time
  }

  package func duration(_ name: String) throws(Failure) -> TimeSpan? {
    guard let value = self[name] else { return nil }
    guard case .duration(let span) = value else { throw wrongType(name, "a duration", value) }
    return span
  }

  package func sql(_ name: String) throws(Failure) -> SQLTemplate? {
    guard let value = self[name] else { return nil }
    guard case .sql(let template) = value else { throw wrongType(name, "an sql\"…\"", value) }
    return template
  }

  package func object(_ name: String, kind: String) throws(Failure) -> ObjectValue? {
    guard let value = self[name] else { return nil }
    guard case .object(let object) = value, let object = object as? ObjectValue,
      object.kindName == kind
    else { throw wrongType(name, "a \(kind)", value) }
    return object
  }

  private func wrongType(_ name: String, _ needed: String, _ value: Value) -> Failure {
    Failure(.value, "'\(name)' must be \(needed), but is \(value.type.name)")
  }
}

/// What a call needs of its surroundings.
package struct CallContext: Sendable {
  package let cancellation: Cancellation
  /// The statement's `now`.
  package let now: Time
  /// How long one request may take before opsh gives up on it.
  package let deadline: TimeSpan
  /// Where to say what is under way.
  package let progress: Progress

  /// Takes note of what is measured on the way; nothing where nobody keeps a record.
  package let observe: Measurement.Observer?

  /// Takes note of what a vendor did that is asked again, for whoever does not wait for the end of it.
  package var heard: (@Sendable (_ vendor: String, _ what: String) -> Void)?
  /// Says that the effect whose plan is made may have been done already, by this run before it was
  /// interrupted: an action gives its plan also where the world is as it will be afterwards, since
  /// the plan's probe is what has to tell.
  package let isSettling: Bool

  package init(
    cancellation: Cancellation,
    now: Time,
    deadline: TimeSpan = .seconds(30),
    progress: Progress = .unwatched,
    observe: Measurement.Observer? = nil,
    isSettling: Bool = false
  ) {
    self.cancellation = cancellation
    self.now = now
    self.deadline = deadline
    self.progress = progress
    self.observe = observe
    self.isSettling = isSettling
  }
}
