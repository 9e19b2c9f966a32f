internal import Diagnostics
internal import Language
internal import Runbooks
internal import Syntax
internal import Values

extension Script {
  /// What was given by name, and what `--env` says.
  func arguments(_ words: [String], for program: Program) throws(Failure)
    -> [String: Value]
  {
    guard program.runbook != nil || words.isEmpty else {
      throw Failure(
        .usage,
        "'\(words[0])' was given, but \(program.main.source.name) is no runbook with parameters"
      )
    }
    var arguments = try ParameterReader(session: session).read(words, for: program)
    if let option = try EnvironmentOption(session) {
      for name in EnvironmentOption.parameters(of: program) where arguments[name] == nil {
        arguments[name] = try option.value()
      }
    }
    return arguments
  }

  /// What is known of the parameters before anything runs.
  struct Resolved {
    var arguments: [String: Value]
    /// Defaults that could not be had now: whatever needs one fails with that, and at its place.
    var failed: [String: PlacedFailure] = [:]
  }

  /// Evaluates the defaults, in order, so that a plan can spell every parameter out.
  ///
  /// One that asks a person, or that is nothing, stays out: the walk says so at its place. Behind one
  /// for which somebody did not answer, the others are left to the walk as well: they would mostly
  /// wait for the same, and a plan that needs it ends there.
  func resolved(
    _ given: [String: Value],
    _ program: Program,
    _ evaluator: Evaluator
  ) throws(Failure) -> Resolved {
    var resolved = Resolved(arguments: given)
    for parameter in program.runbook?.parameters ?? [] {
      let name = parameter.name.text
      guard resolved.arguments[name] == nil, let pipeline = parameter.defaultValue,
        !asks(pipeline, in: program.main.source)
      else { continue }
      let known = resolved.arguments.sorted { $0.key < $1.key }
      let bindings = Bindings(known.map { ($0.key, $0.value) })
      let value: Value
      do throws(PlacedFailure) {
        value = try evaluator.evaluate(pipeline, bindings: bindings)
      } catch {
        guard error.failure.isCatchable else { throw error.failure }
        // Anything else may have failed only because an earlier one is not known.
        guard [.unreachable, .timeout].contains(error.failure.kind) else { continue }
        resolved.failed[name] = error
        break
      }
      if case .nothing = value { continue }
      resolved.arguments[name] = value
    }
    return resolved
  }

  private func asks(_ pipeline: Pipeline, in source: SourceText) -> Bool {
    guard case .expression(.call(.name(let name), _, _)) = pipeline.source else { return false }
    return name.text == "ask"
  }
}
