/// What a member does to the world; raised by what a plan finds out, never lowered.
package enum Effect: String, Sendable, CaseIterable, Comparable {
  /// Changes nothing.
  case read
  /// Changes something that can be taken back.
  case change
  /// Can not be taken back, or loses data.
  case destroy

  private var rank: Int {
    switch self {
    case .read: 0
    case .change: 1
    case .destroy: 2
    }
  }

  package static func < (left: Effect, right: Effect) -> Bool { left.rank < right.rank }
}

/// What may be done about an intent that has no outcome (`design: What a crash leaves`).
package enum EffectClass: String, Sendable, CaseIterable {
  /// It is simply done again.
  case read
  /// A marker row in the same transaction tells.
  case marked
  /// The other side is asked by an idempotency or natural key.
  case keyed
  /// The plan's probe looks at the state.
  case observable
  /// Nothing tells: a person is asked.
  case opaque
}

/// What reading a member costs, so that a table or a completion never asks for more than it should.
package enum Cost: String, Sendable {
  /// No request: the object has it.
  case held
  /// A request or a few.
  case request
  /// May take seconds, or many requests.
  case slow
}
