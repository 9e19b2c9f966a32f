import Values

/// The typed arithmetic: which units go together, and what comes out.
enum Arithmetic {
  static func add(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    if let (a, b) = numbers(left, right), !bothInt(left, right) { return .number(a + b) }
    return switch (left, right) {
    case (.int(let a), .int(let b)): .int(try checked(a.addingReportingOverflow(b), "the sum"))
    case (.duration(let a), .duration(let b)):
      .duration(try span(a.microseconds.addingReportingOverflow(b.microseconds), "the sum"))
    case (.size(let a), .size(let b)): .size(try checked(a.addingReportingOverflow(b), "the sum"))
    case (.percent(let a), .percent(let b)): .percent(a + b)
    case (.time(let a), .duration(let b)), (.duration(let b), .time(let a)):
      .time(try time(a.microseconds.addingReportingOverflow(b.microseconds), "the sum"))
    default: throw mismatch("add", left, right)
    }
  }

  static func subtract(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    if let (a, b) = numbers(left, right), !bothInt(left, right) { return .number(a - b) }
    return switch (left, right) {
    case (.int(let a), .int(let b)):
      .int(try checked(a.subtractingReportingOverflow(b), "the difference"))
    case (.duration(let a), .duration(let b)):
      .duration(
        try span(a.microseconds.subtractingReportingOverflow(b.microseconds), "the difference")
      )
    case (.size(let a), .size(let b)):
      .size(try checked(a.subtractingReportingOverflow(b), "the difference"))
    case (.percent(let a), .percent(let b)): .percent(a - b)
    case (.time(let a), .duration(let b)):
      .time(try time(a.microseconds.subtractingReportingOverflow(b.microseconds), "the difference"))
    case (.time(let a), .time(let b)):
      .duration(
        try span(a.microseconds.subtractingReportingOverflow(b.microseconds), "the difference")
      )
    default: throw mismatch("subtract", left, right)
    }
  }

  static func multiply(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    switch (left, right) {
    case (.int(let a), .int(let b)):
      return .int(try checked(a.multipliedReportingOverflow(by: b), "the product"))
    case (.duration(let a), .int(let b)), (.int(let b), .duration(let a)):
      return .duration(try span(a.microseconds.multipliedReportingOverflow(by: b), "the product"))
    case (.size(let a), .int(let b)), (.int(let b), .size(let a)):
      return .size(try checked(a.multipliedReportingOverflow(by: b), "the product"))
    case (.percent(let a), .percent(let b)): return .percent(a * b / 100)
    default: break
    }
    if let (a, b) = numbers(left, right) { return .number(a * b) }
    if let product = try scaled(left, by: right) { return product }
    if let product = try scaled(right, by: left) { return product }
    throw mismatch("multiply", left, right)
  }

  static func divide(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    if let (a, b) = numbers(left, right) { return .number(a / (try nonzero(b))) }
    switch (left, right) {
    case (.duration(let a), .duration(let b)):
      return .number(Double(a.microseconds) / (try nonzero(Double(b.microseconds))))
    case (.size(let a), .size(let b)): return .number(Double(a) / (try nonzero(Double(b))))
    case (.percent(let a), .percent(let b)): return .number(a / (try nonzero(b)))
    default: break
    }
    guard let divisor = number(right) else { throw mismatch("divide", left, right) }
    let factor = 1 / (try nonzero(divisor))
    switch left {
    case .duration(let span):
      return .duration(TimeSpan(microseconds: try whole(Double(span.microseconds) / divisor)))
    case .size(let bytes): return .size(try whole(Double(bytes) / divisor))
    case .percent(let number): return .percent(number * factor)
    default: throw mismatch("divide", left, right)
    }
  }

  static func negate(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .int(let a): .int(try checked(Int64(0).subtractingReportingOverflow(a), "the number"))
    case .number(let a): .number(-a)
    case .percent(let a): .percent(-a)
    case .duration(let a):
      .duration(try span(Int64(0).subtractingReportingOverflow(a.microseconds), "the duration"))
    case .size(let a): .size(try checked(Int64(0).subtractingReportingOverflow(a), "the size"))
    case .nothing: throw .isNothing(what: "what '-' stands before")
    default:
      throw .wrongType(what: "what '-' stands before", needed: "a number", actual: value)
    }
  }

  static func absolute(of value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .int(let a): a < 0 ? try negate(value) : value
    case .number(let a): .number(a.magnitude)
    case .percent(let a): .percent(a.magnitude)
    case .duration(let a): a.microseconds < 0 ? try negate(value) : value
    case .size(let a): a < 0 ? try negate(value) : value
    default: throw .wrongType(what: "the value", needed: "a number", actual: value)
    }
  }

  static func remainder(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
    guard case .int(let a) = left, case .int(let b) = right else {
      throw mismatch("take the rest", left, right)
    }
    guard b != 0 else { throw .divisionByZero }
    let rest = b == -1 ? 0 : a % b
    return .int(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
  }

  // MARK: - Parts

  static func number(_ value: Value) -> Double? {
    switch value {
    case .int(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }

  private static func bothInt(_ left: Value, _ right: Value) -> Bool {
    if case .int = left, case .int = right { true } else { false }
  }

  private static func numbers(_ left: Value, _ right: Value) -> (Double, Double)? {
    guard let a = number(left), let b = number(right) else { return nil }
    return (a, b)
  }

  private static func scaled(_ value: Value, by factor: Value) throws(EvaluationError) -> Value? {
    let scale: Double
    switch factor {
    case .int(let number): scale = Double(number)
    case .number(let number): scale = number
    case .percent(let number): scale = number / 100
    default: return nil
    }
    switch value {
    case .int(let number): return .number(Double(number) * scale)
    case .number(let number): return .number(number * scale)
    case .percent(let number): return .percent(number * scale)
    case .duration(let span):
      return .duration(TimeSpan(microseconds: try whole(Double(span.microseconds) * scale)))
    case .size(let bytes): return .size(try whole(Double(bytes) * scale))
    default: return nil
    }
  }

  private static func checked(
    _ result: (partialValue: Int64, overflow: Bool),
    _ operation: String
  ) throws(EvaluationError) -> Int64 {
    guard !result.overflow else { throw .overflow(operation: operation) }
    return result.partialValue
  }

  private static func span(
    _ result: (partialValue: Int64, overflow: Bool),
    _ operation: String
  ) throws(EvaluationError) -> TimeSpan {
    TimeSpan(microseconds: try checked(result, operation))
  }

  private static func time(
    _ result: (partialValue: Int64, overflow: Bool),
    _ operation: String
  ) throws(EvaluationError) -> Time {
    Time(microseconds: try checked(result, operation))
  }

  private static func whole(_ number: Double) throws(EvaluationError) -> Int64 {
    guard let whole = Int64(exactly: number.rounded()) else {
      throw .overflow(operation: "the result")
    }
    return whole
  }

  private static func nonzero(_ divisor: Double) throws(EvaluationError) -> Double {
    guard divisor != 0 else { throw .divisionByZero }
    return divisor
  }

  private static func mismatch(_ verb: String, _ left: Value, _ right: Value) -> EvaluationError {
    for value in [left, right] {
      if case .nothing = value { return .isNothing(what: "a side of this") }
    }
    return .mismatch(operation: verb, left: left, right: right, advice: advice(verb, left, right))
  }

  private static func advice(_ verb: String, _ left: Value, _ right: Value) -> String? {
    switch (left, right) {
    case (.duration, .int(let number)) where verb == "add" || verb == "subtract":
      "write a unit, such as \(number)m or \(number)s"
    case (.int(let number), .duration) where verb == "add" || verb == "subtract":
      "write a unit, such as \(number)m or \(number)s"
    case (.time, .int(let number)), (.int(let number), .time):
      "write a unit, such as \(number)h or \(number)d"
    case (.size, .int(let number)), (.int(let number), .size):
      "write a unit, such as \(number)MB"
    case (.percent, .int(let number)), (.int(let number), .percent):
      verb == "add" || verb == "subtract" ? "write \(number)% for a percent" : nil
    case (.text, _), (_, .text): verb == "add" ? "put texts together as \"${a}${b}\"" : nil
    case (.time, .time) where verb == "add": "the difference of two times is a duration: use -"
    case (.list, _), (_, .list): "put lists together as [a, b] | flatten"
    default: nil
    }
  }
}
