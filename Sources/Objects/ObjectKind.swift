package import Values

/// One kind of object, declared once.
///
/// The checker, completion, `help`, table columns, JSON names and the manual all read this
/// declaration; nothing else says what a kind has.
package final class ObjectKind: Sendable {
  /// As types write it: `deployment`.
  package let name: String
  /// What it is, in a line.
  package let summary: String
  /// In the order in which people want to read them.
  package let members: [Member]
  /// Names that the language has but this version does not: they say so, and are never completed.
  package let later: Set<String>
  private let indices: [String: Int]

  package init(
    _ name: String,
    summary: String,
    members: [Member],
    later: Set<String> = []
  ) {
    self.name = name
    self.summary = summary
    self.members = members
    self.later = later
    indices = Dictionary(
      members.enumerated().map { ($1.name, $0) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  package func member(_ name: String) -> Member? {
    indices[name].map { members[$0] }
  }

  /// The member that lists the elements, for kinds that are collections (`jobs`, `backups`).
  ///
  /// Such an object stands for the list in pipelines, `for` and lookups, and can have members and
  /// actions of its own (`production.jobs.pause()`).
  package var elements: Member? { member("all") }

  /// The members that a table shows, in order: held ones that are declared as columns.
  package var columns: [Member] {
    members.filter { $0.isColumn }
  }
}

/// One member of a kind: a read or an action.
package struct Member: Sendable {
  package let name: String
  package let summary: String
  /// What a read gives; what `let x = do …` binds of an action.
  package let type: ValueType
  package let parameters: [Parameter]
  package let effect: Effect
  package let cost: Cost
  /// Says that tables and JSON show it without being asked.
  package let isColumn: Bool
  /// Where it exists, if not everywhere.
  package let restriction: Restriction?
  /// Says that it changes nothing of what is operated, only what opsh itself keeps: its plans need no
  /// yes, no lock and no terminal.
  package var isOwnRecord = false
  package let implementation: Implementation

  package enum Implementation: Sendable {
    case field(@Sendable (ObjectValue) -> Value)
    case read(@Sendable (ObjectValue, Arguments, CallContext) throws(Failure) -> Value)
    case action(@Sendable (ObjectValue, Arguments, CallContext) throws(Failure) -> Plan)
  }

  /// Says that only some environments have a member, and what to do instead elsewhere.
  package struct Restriction: Hashable, Sendable {
    package let environments: [String]
    /// Such as `promote a deployment there instead`.
    package let advice: String

    package init(environments: [String], advice: String) {
      self.environments = environments
      self.advice = advice
    }
  }

  package var isAction: Bool {
    if case .action = implementation { true } else { false }
  }
}

extension Member {
  /// Declares what the object holds already.
  package static func field<Payload: Sendable>(
    _ name: String,
    _ type: ValueType,
    _ summary: String,
    column: Bool = false,
    _ body: @escaping @Sendable (Payload) -> Value
  ) -> Member {
    Member(
      name: name,
      summary: summary,
      type: type,
      parameters: [],
      effect: .read,
      cost: .held,
      isColumn: column,
      restriction: nil,
      implementation: .field { object in (object.payload as? Payload).map(body) ?? .nothing }
    )
  }

  /// Declares what has to be asked for.
  package static func read<Payload: Sendable>(
    _ name: String,
    _ type: ValueType,
    _ summary: String,
    parameters: [Parameter] = [],
    cost: Cost = .request,
    restriction: Restriction? = nil,
    _ body: @escaping @Sendable (Payload, Arguments, CallContext) throws(Failure) -> Value
  ) -> Member {
    Member(
      name: name,
      summary: summary,
      type: type,
      parameters: parameters,
      effect: .read,
      cost: cost,
      isColumn: false,
      restriction: restriction,
      implementation: .read { (object, arguments, context) throws(Failure) in
        try body(try object.payload(for: name), arguments, context)
      }
    )
  }

  /// Declares an action: calling it gives a plan and changes nothing.
  package static func action<Payload: Sendable>(
    _ name: String,
    gives type: ValueType = .nothing,
    _ summary: String,
    effect: Effect,
    isOwnRecord: Bool = false,
    parameters: [Parameter] = [],
    restriction: Restriction? = nil,
    _ body: @escaping @Sendable (Payload, Arguments, CallContext) throws(Failure) -> Plan
  ) -> Member {
    Member(
      name: name,
      summary: summary,
      type: type,
      parameters: parameters,
      effect: effect,
      cost: .request,
      isColumn: false,
      restriction: restriction,
      isOwnRecord: isOwnRecord,
      implementation: .action { (object, arguments, context) throws(Failure) in
        try body(try object.payload(for: name), arguments, context)
      }
    )
  }
}

/// One parameter of a member or builtin.
package struct Parameter: Hashable, Sendable {
  /// The label, or for a positional one the name that help shows.
  package let name: String
  package let type: ValueType
  package let summary: String
  package let isPositional: Bool
  package let isRequired: Bool

  package init(
    _ name: String,
    _ type: ValueType,
    _ summary: String,
    isPositional: Bool = false,
    isRequired: Bool = true
  ) {
    self.name = name
    self.type = type
    self.summary = summary
    self.isPositional = isPositional
    self.isRequired = isRequired
  }
}
