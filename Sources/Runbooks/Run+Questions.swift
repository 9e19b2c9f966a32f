private import Journals
package import Language
private import Objects
internal import Sinks
package import Values

extension Run {
  package func ask(_ question: Question, at place: Place) throws(Failure) -> Value {
    if let answer = try answered(question, at: place) { return answer }
    guard surroundings.person.isPresent else {
      throw Failure(
        .approval,
        "'\(question.text)' has to be answered, and there is no terminal",
        advice: ["give what can be known beforehand as name=value"]
      )
    }
    switch question.kind {
    case .yesOrNo: return .bool(try isYes(question.text, at: place))
    case .confirm:
      guard try isYes(question.text, at: place) else {
        throw Failure(.approval, "'\(question.text)' was answered with no")
      }
      return .bool(true)
    case .manual:
      let prompt = "\(question.text)\nwhat did you see? "
      return .text(try answered(prompt, at: place))
    case .choice(let values): return try choose(question.text, from: values, at: place)
    case .value(.secret): return .secret(try secret(question.text, at: place))
    case .value(let type): return try value(question.text, of: type, at: place)
    }
  }

  /// What was answered before the run was interrupted.
  ///
  /// A `confirm` guards what was not begun, so it is asked anew.
  private func answered(_ question: Question, at place: Place) throws(Failure) -> Value? {
    guard !place.path.isEmpty, let answer = memory?.history.answers[place.path], !answer.isEmpty
    else {
      return nil
    }
    switch question.kind {
    case .confirm, .value(.secret): return nil
    case .yesOrNo: return .bool(Guard.Confirmation.yes.isGiven(by: answer))
    case .manual: return .text(answer)
    case .choice(let values):
      return Int(answer).flatMap { values.indices.contains($0 - 1) ? values[$0 - 1] : nil }
    case .value(let type): return Self.value(answer, of: type)
    }
  }

  private func isYes(_ text: String, at place: Place) throws(Failure) -> Bool {
    let answer = try converse(text + " [y/N] ", at: place.path, lines: [])
    guard let answer, !answer.isEmpty else {
      throw Failure(.approval, "'\(text)' was not answered")
    }
    return Guard.Confirmation.yes.isGiven(by: answer)
  }

  private func answered(_ prompt: String, at place: Place) throws(Failure) -> String {
    let answer = try converse(prompt, at: place.path, lines: [])
    guard let answer, !answer.isEmpty else {
      throw Failure(.approval, "a question was not answered: \(prompt)")
    }
    return answer
  }

  private func choose(
    _ text: String,
    from values: [Value],
    at place: Place
  ) throws(Failure) -> Value {
    guard !values.isEmpty else {
      throw Failure(.nothingToDo, "'\(text)' has nothing to choose from")
    }
    let lines = values.enumerated().map { index, value in
      StyledText("  \(index + 1)  ", .faint) + StyledText(value.text)
    }
    let answer = try converse("\(text) [1-\(values.count)] ", at: place.path, lines: lines)
    guard let answer, let number = Int(answer), values.indices.contains(number - 1) else {
      throw Failure(.approval, "'\(text)' was not answered with a number from 1 to \(values.count)")
    }
    return values[number - 1]
  }

  private func value(
    _ text: String,
    of type: ValueType,
    at place: Place
  ) throws(Failure) -> Value {
    let answer = try answered("\(text) (\(type.name)) ", at: place)
    guard let value = Self.value(answer, of: type) else {
      throw Failure(.approval, "'\(answer)' is no \(type.name)", advice: ["nothing was assumed"])
    }
    return value
  }

  /// Reads an answer as a value of a type; nothing if it is none.
  static func value(_ answer: String, of type: ValueType) -> Value? {
    switch type.unwrapped {
    case .text: .text(answer)
    case .int: Int64(answer).map { .int($0) }
    case .number: Double(answer).map { .number($0) }
    case .time: Time(answer).map { .time($0) }
    case .bool:
      switch answer {
      case "true", "y", "yes": .bool(true)
      case "false", "n", "no": .bool(false)
      default: nil
      }
    case .oneOf(let words): words.contains(answer) ? .text(answer) : nil
    default: nil
    }
  }

  private func secret(_ text: String, at place: Place) throws(Failure) -> Secret {
    try surroundings.recorder.require(
      .promptShown,
      [.init("path", .string(place.path)), .init("text", .string(text))]
    )
    let prompt = StyledText(text + " (not shown) ")
    guard let secret = try surroundings.person.secretAnswer(to: prompt, named: "answer") else {
      throw Failure(.approval, "'\(text)' was not answered")
    }
    // From here on it is masked wherever it turns up.
    surroundings.recorder.registry.add(secret)
    record(.promptAnswered, [.init("path", .string(place.path)), .init("answer", "‹answer›")])
    return secret
  }

  /// Shows, asks and records both, the exact answer and how long it took.
  func converse(
    _ prompt: String,
    at path: String,
    lines: [StyledText]
  ) throws(Failure) -> String? {
    let shown = lines.map(\.text) + [prompt]
    try surroundings.recorder.require(
      .promptShown,
      [.init("path", .string(path)), .init("text", .string(shown.joined(separator: "\n")))]
    )
    let start = surroundings.monotonic()
    let answer = try surroundings.person.answer(to: StyledText(prompt), after: lines)
    let fields: [JSON.Member] = [
      .init("answer", answer.map { .string($0) } ?? .null),
      .init("microseconds", .int(surroundings.monotonic() - start)), .init("path", .string(path)),
    ]
    try surroundings.recorder.require(.promptAnswered, fields)
    return answer
  }
}
