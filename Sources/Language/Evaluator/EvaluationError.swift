package import Values

/// Why an expression has no value: facts, put into words by ``message``.
package enum EvaluationError: Error, Sendable {
  case wrongType(what: String, needed: String, actual: Value)
  /// Two values that an operator can not put together; `advice` says what would be right.
  case mismatch(operation: String, left: Value, right: Value, advice: String?)
  case isNothing(what: String)
  case empty(what: String)
  case overflow(operation: String)
  case divisionByZero
  case outOfRange(what: String, valid: ClosedRange<Int64>?, actual: Int64)
  case noMember(owner: String, name: String, nearest: String?, advice: String?)
  case noElement(of: String, name: String, nearest: String?)
  case badPattern(String, reason: String)
  case notReadable(what: String, text: String)
  case notOne(count: String)
  case nothingChecked
  case call(String, advice: String?)
  case notInThisVersion(String)

  package var message: String {
    switch self {
    case .wrongType(let what, let needed, let actual):
      "\(what) must be \(needed), but is \(actual.described)"
    case .mismatch(let operation, let left, let right, _):
      "can not \(operation): \(left.kindDescribed) and \(right.kindDescribed)"
    case .isNothing(let what): "\(what) is nothing"
    case .empty(let what): "\(what) is empty"
    case .overflow(let operation): "\(operation) is too large for 64 bits"
    case .divisionByZero: "can not divide by zero"
    case .outOfRange(let what, let valid, let actual):
      if let valid {
        "\(what) must be \(valid.lowerBound) to \(valid.upperBound), but is \(actual)"
      } else {
        "\(what) is \(actual), but there are no elements"
      }
    case .noMember(let owner, let name, _, _): "\(owner) has no member '\(name)'"
    case .noElement(let owner, let name, _): "\(owner) has no element '\(name)'"
    case .badPattern(let pattern, let reason): "'\(pattern)' is no pattern: \(reason)"
    case .notReadable(let what, let text): "'\(text)' is no \(what)"
    case .notOne(let count): "expected exactly one row, but there \(count)"
    case .nothingChecked: "nothing was checked: there are no rows"
    case .call(let message, _): message
    case .notInThisVersion(let name): "'\(name)' is not in this version"
    }
  }

  package var advice: [String] {
    switch self {
    case .mismatch(_, _, _, let advice?): [advice]
    case .noMember(_, _, let nearest?, _), .noElement(_, _, let nearest?):
      ["did you mean '\(nearest)'?"]
    case .noMember(_, _, nil, let advice?): [advice]
    case .call(_, let advice?): [advice]
    case .isNothing: ["write '??' for what stands in its place, or '?.' before its members"]
    case .divisionByZero: ["look first whether the divisor is 0"]
    default: []
    }
  }

  package var failure: Failure {
    if case .notInThisVersion = self { return Failure(.usage, message) }
    return Failure(.value, message, advice: advice)
  }
}

extension Value {
  /// The value and what it is, for messages: `"degraded"`, `5m`, `deployment dpl_1`.
  package var described: String {
    switch self {
    case .text(let text):
      "\"" + Self.beginning(of: text) + "\""
    case .object(let object): "\(object.kindName) \(object.identity)"
    case .list(let values): values.isEmpty ? "an empty list" : "a list of \(values.count)"
    case .record: "a record"
    case .sql: "an sql text"
    case .secret: "a secret"
    case .plan: "a plan"
    case .stream: "a list"
    default: text
    }
  }

  /// Cuts a long text between words: half a secret would not be known for one by what masks it.
  private static func beginning(of text: String) -> String {
    guard text.count > 80 else { return text }
    guard let end = text.prefix(78).lastIndex(where: \.isWhitespace) else { return "…" }
    return text[..<end] + "…"
  }

  /// What kind of value it is, with its article, and the value where that is short.
  var kindDescribed: String {
    switch self {
    case .nothing: "nothing"
    case .bool, .int, .number, .percent, .duration, .size, .time:
      "\(type.name) \(text)"
    case .text: "text \(described)"
    default: described
    }
  }
}
