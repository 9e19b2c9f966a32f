internal import Diagnostics
internal import Language
internal import Stack
internal import Syntax
internal import Values

/// What `--env NAME` means: the environment that reads are about, and nothing that acts.
///
/// A script reads it as `env`; a runbook that changes nothing takes it for the environment that it
/// asks for. Where it would mean nothing it is refused: somebody took it to mean something.
struct EnvironmentOption {
  static let name = "env"

  let environment: String
  let session: Session

  /// Nothing where the option was not given.
  ///
  /// - Throws: `usage` for a name that the stack does not have.
  init?(_ session: Session) throws(Failure) {
    guard let name = session.options.env else { return nil }
    environment = try session.definition().definition.environment(named: name).name
    self.session = session
  }

  /// What a program's names are checked against.
  func scope(for source: SourceText) throws(Failure) -> CheckScope {
    guard case .items(let items) = Parser.parse(source, mode: .file).file.contents,
      !items.contains(where: { if case .runbook = $0 { true } else { false } })
    else { return try session.scope() }
    return try session.scope(bound: [Self.name: .object("environment")])
  }

  /// Looks whether a program only reads, and reads what the option is about.
  func check(_ program: Program, given: Set<String> = []) throws(Failure) {
    let name = program.main.source.name
    if Self.acts(program) {
      throw Failure(
        .usage,
        "--env is for reads, but \(name) changes something: a 'do' names its own environment",
        advice: [
          program.runbook == nil
            ? "write \(environment) in it" : "give it by name: \(example(program))=\(environment)"
        ]
      )
    }
    guard program.runbook != nil else {
      guard !Self.mentions(program.main.source) else { return }
      throw Failure(
        .usage,
        "--env \(environment) was given, but nothing in \(name) reads it",
        advice: ["\(Self.name) stands for that environment, as in: \(Self.name).health"]
      )
    }
    let parameters = Self.parameters(of: program)
    guard parameters.contains(where: { !given.contains($0) }) else {
      throw Failure(
        .usage,
        parameters.isEmpty
          ? "--env \(environment) was given, but \(name) asks for no environment"
          : "the environment is given twice: --env \(environment), and by name",
        advice: ["leave --env out"]
      )
    }
  }

  /// The parameters of a runbook that are an environment.
  static func parameters(of program: Program) -> [String] {
    (program.runbook?.parameters ?? [])
      .filter { $0.type.name.text == "environment" && !$0.type.isList }.map(\.name.text)
  }

  /// What the option stands for; contacts nobody, but the stack file has to be trusted.
  func value() throws(Failure) -> Value {
    try session.root(environment)
  }

  private func example(_ program: Program) -> String {
    Self.parameters(of: program).first ?? Self.name
  }

  private static func acts(_ program: Program) -> Bool {
    program.sources.contains { source in
      Lexer.lex(source).tokens.contains { $0.kind == .keyword(.do) }
    }
  }

  /// The name by itself: not as a member, and not as a label.
  private static func mentions(_ source: SourceText) -> Bool {
    let tokens = Lexer.lex(source).tokens
    return tokens.indices.contains { index in
      guard source.text(of: tokens[index].span) == name else { return false }
      let before = index > 0 ? tokens[index - 1].kind : nil
      let after = index + 1 < tokens.count ? tokens[index + 1].kind : nil
      return before != .dot && before != .optionalDot && after != .colon
    }
  }
}

extension StackDefinition {
  /// Finds an environment by its name.
  ///
  /// - Throws: `usage` with the nearest name, or those that there are.
  func environment(named name: String) throws(Failure) -> EnvironmentDefinition {
    guard let found = environments.first(where: { $0.name == name }) else {
      throw .noEnvironment(name, among: environments.map(\.name))
    }
    return found
  }
}

extension Failure {
  /// A name that no environment of the stack has.
  static func noEnvironment(_ name: String, among names: [String]) -> Self {
    Self(
      .usage,
      "the stack has no environment '\(name)'",
      advice: [
        Spelling.nearest(to: name, in: names).map { "did you mean '\($0)'?" }
          ?? "it has: \(names.joined(separator: ", "))"
      ]
    )
  }
}
