package import Language
package import Objects
package import Values

/// What the members of the test kinds were declared with.
package struct TestPayload: Sendable {
  package init() {}
}

/// Kinds as small as the programs of the design allow, for tests of the language alone.
package enum TestVocabulary {
  package static let vocabulary = Vocabulary(
    environmentKinds + databaseKinds + serviceKinds + recordKinds
  )

  package static let roots: [String: ValueType] = [
    "stack": .object("stack"),
    "production": environment, "staging": environment, "preview": environment,
    "development": environment,
  ]

  package static let declaredReads = [
    ["git", "status", "--porcelain"], ["git", "log", "--oneline", "-5", "HEAD"],
    ["dig", "+short", "app.optiq.io", "@1.1.1.1"],
  ]

  package static func scope(isPrompt: Bool = false) -> CheckScope {
    CheckScope(
      vocabulary: vocabulary,
      roots: roots,
      environmentNames: ["production", "staging", "preview", "development", "prod-eu"],
      knownNames: ["job": ["usage-aggregation", "ad-data-sync"]],
      declaredReads: declaredReads,
      isPrompt: isPrompt
    )
  }

  // MARK: - Ways to declare

  static let environment = ValueType.object("environment")
  static let deployment = ValueType.object("deployment")

  static func field(_ name: String, _ type: ValueType) -> Member {
    .field(name, type, "the \(name)", column: true) { (_: TestPayload) in .nothing }
  }

  static func read(_ name: String, _ type: ValueType, _ parameters: Parameter...) -> Member {
    .read(name, type, "the \(name)", parameters: parameters) {
      (_: TestPayload, _, _) throws(Failure) in .nothing
    }
  }

  static func action(
    _ name: String,
    gives type: ValueType = .nothing,
    effect: Effect = .change,
    only restriction: Member.Restriction? = nil,
    _ parameters: Parameter...
  ) -> Member {
    .action(
      name,
      gives: type,
      "does \(name)",
      effect: effect,
      parameters: parameters,
      restriction: restriction
    ) { (_: TestPayload, _, _) throws(Failure) in
      throw Failure(.refused, "a test does not do '\(name)'")
    }
  }

  static func place(_ name: String, _ type: ValueType) -> Parameter {
    Parameter(name, type, "the \(name)", isPositional: true)
  }

  static func label(_ name: String, _ type: ValueType) -> Parameter {
    Parameter(name, type, "the \(name)")
  }

  static func option(_ name: String, _ type: ValueType) -> Parameter {
    Parameter(name, type, "the \(name)", isRequired: false)
  }
}
