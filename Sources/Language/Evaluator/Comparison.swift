import Values

/// What `<` and its like order, and what `sort by` orders besides.
enum Comparison {
  enum Order { case less, same, greater }

  /// Orders numbers, percents, durations, sizes and times; everything else is an error.
  static func order(_ left: Value, _ right: Value) throws(EvaluationError) -> Order {
    if let order = measured(left, right) { return order }
    for value in [left, right] {
      if case .nothing = value { throw .isNothing(what: "a side of this comparison") }
    }
    throw .mismatch(
      operation: "compare",
      left: left,
      right: right,
      advice: advice(left, right)
    )
  }

  static func measured(_ left: Value, _ right: Value) -> Order? {
    switch (left, right) {
    case (.int(let a), .int(let b)): order(a, b)
    case (.duration(let a), .duration(let b)): order(a.microseconds, b.microseconds)
    case (.time(let a), .time(let b)): order(a.microseconds, b.microseconds)
    case (.size(let a), .size(let b)): order(a, b)
    case (.percent(let a), .percent(let b)): order(a, b)
    case (.number(let a), .number(let b)): order(a, b)
    case (.int(let a), .number(let b)): order(Double(a), b)
    case (.number(let a), .int(let b)): order(a, Double(b))
    default: nil
    }
  }

  /// Orders what `sort by` takes: texts by their scalars and false before true as well.
  static func sortOrder(_ left: Value, _ right: Value) -> Order? {
    switch (left, right) {
    case (.text(let a), .text(let b)):
      a == b
        ? .same : a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars) ? .less : .greater
    case (.bool(let a), .bool(let b)): a == b ? .same : b ? .less : .greater
    case (.object(let a), .object(let b)) where a.kindName == b.kindName:
      sortOrder(.text(a.identity), .text(b.identity))
    default: measured(left, right)
    }
  }

  private static func order<T: Comparable>(_ left: T, _ right: T) -> Order {
    left < right ? .less : left == right ? .same : .greater
  }

  private static func advice(_ left: Value, _ right: Value) -> String? {
    switch (left, right) {
    case (.text, .text): "texts have no order; use 'is', or 'sort by' for a list"
    case (.percent, .int(let number)), (.int(let number), .percent):
      "write \(number)% for a percent"
    case (.percent, .number(let number)), (.number(let number), .percent):
      "write \(Value.text(of: number * 100))% for a percent"
    case (.duration, .int(let number)), (.int(let number), .duration):
      "write a unit, such as \(number)m or \(number)s"
    case (.size, .int(let number)), (.int(let number), .size): "write a unit, such as \(number)MB"
    case (.time, .duration(let span)), (.duration(let span), .time):
      "compare with a time, such as \(span.text) ago"
    case (.time, .text), (.text, .time): "write a time without quotes, or time(\"…\")"
    case (.list, _), (.stream, _): "count it first: (… | count)"
    default: nil
    }
  }
}
