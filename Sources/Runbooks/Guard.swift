package import Objects

/// Decides what has to happen before a change may be made (`design: Guards`).
package enum Guard {
  /// What is known of a change when it is about to be made.
  package struct Facts: Hashable, Sendable {
    package var effect: Effect
    package var isProtected: Bool
    /// The environment was unlocked for a while by a person.
    package var isUnlocked: Bool
    /// A yes that was given before covers exactly this change.
    package var isCovered: Bool
    /// The run was started with an approval: what it does not cover is refused.
    package var isBoundToApproval: Bool
    package var hasTerminal: Bool
    package var environment: String
    package var object: String
    /// What a `destroy` of something protected makes a person type; nothing if it was not measured.
    package var token: String?

    package init(
      effect: Effect,
      isProtected: Bool,
      isUnlocked: Bool = false,
      isCovered: Bool = false,
      isBoundToApproval: Bool = false,
      hasTerminal: Bool = true,
      environment: String,
      object: String,
      token: String? = nil
    ) {
      self.effect = effect
      self.isProtected = isProtected
      self.isUnlocked = isUnlocked
      self.isCovered = isCovered
      self.isBoundToApproval = isBoundToApproval
      self.hasTerminal = hasTerminal
      self.environment = environment
      self.object = object
      self.token = token
    }
  }

  package enum Decision: Hashable, Sendable {
    case pass
    case ask(Confirmation)
    case refuse(Refusal)
  }

  /// What a person has to type.
  package enum Confirmation: Hashable, Sendable {
    case yes
    case word(String)

    /// Says whether an answer is the consent that was asked for; no answer never is.
    package func isGiven(by answer: String?) -> Bool {
      guard let answer else { return false }
      let blanks = answer.drop { $0 == " " || $0 == "\t" }
      let word = blanks.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
      let text = String(word)
      return switch self {
      case .yes: text == "y" || text == "yes"
      case .word(let wanted): text == wanted
      }
    }
  }

  package enum Refusal: Hashable, Sendable {
    /// Nobody can be asked.
    case noTerminal
    /// The approval that the run was started with does not cover it.
    case notApproved
    /// It loses data, and how much could not be measured.
    case unmeasured
  }

  package static func decide(_ facts: Facts) -> Decision {
    guard facts.effect != .read else { return .pass }
    if facts.isBoundToApproval {
      return facts.isCovered ? .pass : .refuse(.notApproved)
    }
    guard let confirmation = confirmation(facts) else { return .pass }
    guard facts.hasTerminal else { return .refuse(.noTerminal) }
    if facts.effect == .change, facts.isCovered { return .pass }
    if facts.effect == .destroy, facts.isProtected, facts.token == nil {
      return .refuse(.unmeasured)
    }
    return .ask(confirmation)
  }

  private static func confirmation(_ facts: Facts) -> Confirmation? {
    switch (facts.effect, facts.isProtected) {
    case (.read, _), (.change, false): nil
    case (.change, true): facts.isUnlocked ? .yes : .word(facts.environment)
    case (.destroy, false): .word(facts.object)
    case (.destroy, true): .word(facts.token ?? facts.object)
    }
  }
}
