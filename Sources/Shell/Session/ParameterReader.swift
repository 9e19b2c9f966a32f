internal import Diagnostics
internal import Language
internal import Objects
internal import Stack
internal import Syntax
internal import Values

/// Turns `name=value` of the command line into the values that a runbook's parameters ask for.
struct ParameterReader {
  let session: Session

  /// Reads all of them against the declarations.
  ///
  /// - Throws: `usage` for a name that is not declared, given twice, or a value that does not fit.
  func read(_ words: [String], for program: Program) throws(Failure) -> [String: Value] {
    let declared = program.runbook?.parameters ?? []
    var found: [String: Value] = [:]
    for word in words {
      guard let equals = word.firstIndex(of: "=") else {
        throw Failure(.usage, "'\(word)' is no parameter", advice: ["give it as name=value"])
      }
      let name = String(word[..<equals])
      guard let parameter = declared.first(where: { $0.name.text == name }) else {
        let nearest = Spelling.nearest(to: name, in: declared.map(\.name.text))
        throw Failure(
          .usage,
          "the runbook has no parameter '\(name)'",
          advice: [nearest.map { "did you mean '\($0)'?" }]
            .compactMap(\.self) + ["it has: \(declared.map(\.name.text).joined(separator: ", "))"]
        )
      }
      guard found[name] == nil else {
        throw Failure(.usage, "the parameter '\(name)' is given twice")
      }
      found[name] = try value(String(word[word.index(after: equals)...]), of: parameter)
    }
    return found
  }

  private func value(_ text: String, of parameter: ParameterDeclaration) throws(Failure) -> Value {
    let type = parameter.type
    guard type.isList else { return try scalar(text, type.name.text, parameter.name.text) }
    var values: [Value] = []
    for piece in text.split(separator: ",") {
      values.append(try scalar(String(piece), type.name.text, parameter.name.text))
    }
    return .list(values)
  }

  private func scalar(_ text: String, _ type: String, _ name: String) throws(Failure) -> Value {
    switch type {
    case "text": return .text(text)
    case "secret":
      throw Failure(
        .usage,
        "a secret is never given as text on the command line",
        advice: ["it is asked for unseen, or give \(name) its default: secret(\"NAME\")"]
      )
    case "environment": return try environment(text)
    case "deployment": return try deployment(text)
    default: return try literal(text, type, name)
    }
  }

  private func environment(_ name: String) throws(Failure) -> Value {
    let stack = try session.operated()
    guard let environment = stack.environment(name) else {
      throw .noEnvironment(name, among: stack.environments.map(\.name))
    }
    return environment.value
  }

  /// A deployment is looked up where the stack's deployments are.
  private func deployment(_ id: String) throws(Failure) -> Value {
    let stack = try session.operated()
    guard let environment = stack.environments.first(where: { $0.hosting != nil }) else {
      throw Failure(.usage, "the stack has no hosting to look '\(id)' up at")
    }
    let found = try environment.needHosting().deployment(id, in: session.callContext)
    return environment.wrap(found)
  }

  /// Everything else is written as in the language: `10m`, `5%`, `2026-11-23T03:00Z`.
  private func literal(_ text: String, _ type: String, _ name: String) throws(Failure) -> Value {
    let source = SourceText(name: "\(name)=", text: text)
    let parsed = Parser.parse(source, mode: .prompt)
    if parsed.diagnostics.isEmpty, case .items(let items) = parsed.file.contents,
      items.count == 1, case .statement(.show(let pipeline))? = items.first,
      pipeline.stages.isEmpty, case .expression(let expression) = pipeline.source,
      let value = Self.literal(expression, now: session.callContext.now),
      Self.fits(value, type)
    {
      return value
    }
    throw Failure(.usage, "'\(name)' must be \(Self.example(type)), but is '\(text)'")
  }

  private static func literal(_ expression: Expression, now: Time) -> Value? {
    switch expression {
    case .bool(let flag, _): .bool(flag)
    case .int(let number, _): .int(number)
    case .number(let number, _): .number(number)
    case .percent(let number, _): .percent(number)
    case .duration(let micros, _): .duration(TimeSpan(microseconds: micros))
    case .size(let bytes, _): .size(bytes)
    case .time(let micros, _): .time(Time(microseconds: micros))
    case .ago(let micros, _): .time(Time(microseconds: now.microseconds - micros))
    case .now: .time(now)
    default: nil
    }
  }

  private static func fits(_ value: Value, _ type: String) -> Bool {
    switch (value, type) {
    case (.bool, "bool"), (.int, "int"), (.int, "number"), (.number, "number"),
      (.percent, "percent"), (.duration, "duration"), (.size, "size"), (.time, "time"):
      true
    default: false
    }
  }

  private static func example(_ type: String) -> String {
    switch type {
    case "bool": "true or false"
    case "int": "a whole number"
    case "number": "a number"
    case "percent": "a percent such as 5%"
    case "duration": "a duration such as 10m"
    case "size": "a size such as 10MB"
    case "time": "a time such as 2026-11-23T03:00Z or '1h ago'"
    case "environment", "incident": "an \(type)"
    default: "a \(type)"
    }
  }
}
