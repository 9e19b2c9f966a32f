package import Objects
package import Values

/// What a program is checked against: the vocabulary, the stack, and what a session knows.
package struct CheckScope: Sendable {
  package var vocabulary: Vocabulary
  /// The names that stand for objects from the start, such as `stack` and `production`.
  package var roots: [String: ValueType]
  package var environmentNames: [String]
  /// Names known of other kinds, such as the stack's jobs: kind to names.
  ///
  /// A kind that is absent has names that only its service knows.
  package var knownNames: [String: [String]]
  /// Kinds that a later version brings: a declaration may name them.
  package var laterKinds: Set<String>
  /// Whole argument lists that the stack file declares to be reads.
  package var declaredReads: [[String]]
  /// What earlier lines of the prompt have bound.
  package var bound: [String: ValueType]
  /// Functions that earlier lines of the prompt have declared.
  package var functions: [String: Program.Function]
  /// Says whether a secret is set; nothing where that is not known.
  package var isSecretSet: @Sendable (String) -> Bool?
  /// Says where a secret was looked for, such as `environment variable NAME`.
  package var secretPlaces: @Sendable (String) -> String
  /// Gives the name of the set secret that a text contains.
  package var secretInText: @Sendable (String) -> String?
  /// Gives the names of the secrets that reading or calling a member needs.
  package var secretsBehind:
    @Sendable (_ environment: String?, _ kind: String, _ member: String) -> [String]
  package var isPrompt: Bool

  package init(
    vocabulary: Vocabulary,
    roots: [String: ValueType] = [:],
    environmentNames: [String] = [],
    knownNames: [String: [String]] = [:],
    laterKinds: Set<String> = [],
    declaredReads: [[String]] = [],
    bound: [String: ValueType] = [:],
    functions: [String: Program.Function] = [:],
    isSecretSet: @escaping @Sendable (String) -> Bool? = { _ in nil },
    secretPlaces: @escaping @Sendable (String) -> String = { "environment variable \($0)" },
    secretInText: @escaping @Sendable (String) -> String? = { _ in nil },
    secretsBehind:
      @escaping @Sendable (_ environment: String?, _ kind: String, _ member: String)
      -> [String] = { _, _, _ in [] },
    isPrompt: Bool = false
  ) {
    self.vocabulary = vocabulary
    self.roots = roots
    self.environmentNames = environmentNames
    self.knownNames = knownNames
    self.laterKinds = laterKinds
    self.declaredReads = declaredReads
    self.bound = bound
    self.functions = functions
    self.isSecretSet = isSecretSet
    self.secretPlaces = secretPlaces
    self.secretInText = secretInText
    self.secretsBehind = secretsBehind
    self.isPrompt = isPrompt
  }

  /// The names of a kind's objects, where all of them are known.
  func names(ofKind kind: String) -> [String]? {
    if kind == "environment", !environmentNames.isEmpty { return environmentNames }
    return knownNames[kind]
  }
}
