internal import Objects
internal import Values

extension ScalarMember {
  /// Every member of values that are no objects, by owner and then name.
  package static let all: [ScalarMember] =
    textMembers + timeMembers + measureMembers + listMembers

  private static let textMembers: [ScalarMember] = [
    ScalarMember(
      .text,
      "contains",
      .bool,
      "whether another text is in it",
      parameters: [.positional("part", .text, "the text to look for")]
    ) { (value, arguments) throws(EvaluationError) in
      .bool(contains(value.text, arguments["part"]?.text ?? ""))
    },
    ScalarMember(.text, "length", .int, "how many characters it has") {
      (value, _) throws(EvaluationError) in .int(Int64(value.text.count))
    },
    ScalarMember(.text, "lines", .list(of: .text), "its lines, without their ends") {
      (value, _) throws(EvaluationError) in .list(lines(of: value.text).map { .text($0) })
    },
    ScalarMember(.text, "lower", .text, "the same in small letters") {
      (value, _) throws(EvaluationError) in .text(value.text.lowercased())
    },
    ScalarMember(
      .text,
      "split",
      .list(of: .text),
      "its parts between separators",
      parameters: [.positional("separator", .text, "what stands between the parts")]
    ) { (value, arguments) throws(EvaluationError) in
      try split(value.text, by: arguments["separator"]?.text ?? "")
    },
    ScalarMember(.text, "trimmed", .text, "the same without white space around it") {
      (value, _) throws(EvaluationError) in .text(trimmed(value.text))
    },
    ScalarMember(.text, "upper", .text, "the same in capital letters") {
      (value, _) throws(EvaluationError) in .text(value.text.uppercased())
    },
  ]

  private static let timeMembers: [ScalarMember] = [
    ScalarMember(.time, "day", .time, "its midnight, UTC") {
      (value, _) throws(EvaluationError) in truncated(value, to: 86_400_000_000)
    },
    ScalarMember(.time, "hour", .time, "the beginning of its hour") {
      (value, _) throws(EvaluationError) in truncated(value, to: 3_600_000_000)
    },
    ScalarMember(.time, "minute", .time, "the beginning of its minute") {
      (value, _) throws(EvaluationError) in truncated(value, to: 60_000_000)
    },
    ScalarMember(.time, "month", .time, "the first of its month, UTC") {
      (value, _) throws(EvaluationError) in firstOfMonth(value, isYear: false)
    },
    ScalarMember(.time, "second", .time, "the beginning of its second") {
      (value, _) throws(EvaluationError) in truncated(value, to: 1_000_000)
    },
    ScalarMember(.time, "weekday", .oneOf(weekdays), "the name of its day, UTC") {
      (value, _) throws(EvaluationError) in weekday(of: value)
    },
    ScalarMember(.time, "year", .time, "the first of its year, UTC") {
      (value, _) throws(EvaluationError) in firstOfMonth(value, isYear: true)
    },
  ]

  private static let measureMembers: [ScalarMember] = [
    ScalarMember(.duration, "days", .number, "how many days it is") {
      (value, _) throws(EvaluationError) in .number(seconds(of: value) / 86_400)
    },
    ScalarMember(.duration, "hours", .number, "how many hours it is") {
      (value, _) throws(EvaluationError) in .number(seconds(of: value) / 3600)
    },
    ScalarMember(.duration, "minutes", .number, "how many minutes it is") {
      (value, _) throws(EvaluationError) in .number(seconds(of: value) / 60)
    },
    ScalarMember(.duration, "seconds", .number, "how many seconds it is") {
      (value, _) throws(EvaluationError) in .number(seconds(of: value))
    },
    ScalarMember(.size, "bytes", .int, "how many bytes it is") {
      (value, _) throws(EvaluationError) in
      if case .size(let bytes) = value { .int(bytes) } else { .nothing }
    },
    ScalarMember(.percent, "fraction", .number, "5% is 0.05") {
      (value, _) throws(EvaluationError) in
      if case .percent(let number) = value { .number(number / 100) } else { .nothing }
    },
    ScalarMember(.plan, "summary", .text, "what it would do, in a line") {
      (value, _) throws(EvaluationError) in
      if case .plan(let plan) = value { .text(plan.summary) } else { .nothing }
    },
  ]

  private static let listMembers: [ScalarMember] = [
    ScalarMember(
      .list,
      "joined",
      .text,
      "its elements as one text",
      parameters: [.positional("separator", .text, "what stands between the elements")]
    ) { (value, arguments) throws(EvaluationError) in
      try joined(value.elements ?? [], by: arguments["separator"]?.text ?? "")
    },
    ScalarMember(.list, "names", .list(of: .text), "the names of its objects or records") {
      (value, _) throws(EvaluationError) in try names(of: value.elements ?? [])
    },
  ]

  // MARK: - Bodies

  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  private static func contains(_ text: String, _ part: String) -> Bool {
    let text = Array(text.utf8)
    let part = Array(part.utf8)
    guard !part.isEmpty else { return true }
    guard text.count >= part.count else { return false }
    return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
  }

  static func lines(of text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasSuffix("\r") ? String(line.dropLast()) : String(line)
    }
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  private static func split(_ text: String, by separator: String) throws(EvaluationError) -> Value {
    guard !separator.isEmpty else { throw .empty(what: "the separator") }
    return .list(
      text.split(separator: separator, omittingEmptySubsequences: false).map {
        .text(String($0))
      }
    )
  }

  private static func trimmed(_ text: String) -> String {
    let rest = text.drop { $0.isWhitespace }
    guard let last = rest.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(rest[...last])
  }

  private static func truncated(_ value: Value, to unit: Int64) -> Value {
    guard case .time(let time) = value else { return .nothing }
    let rest = time.microseconds.flooredDivision(by: unit).remainder
    return .time(Time(microseconds: time.microseconds - rest))
  }

  private static func firstOfMonth(_ value: Value, isYear: Bool) -> Value {
    guard case .time(let time) = value else { return .nothing }
    let days = time.microseconds.flooredDivision(by: 86_400_000_000).quotient
    let date = CivilDate(daysSinceEpoch: days)
    guard let first = CivilDate(year: date.year, month: isYear ? 1 : date.month, day: 1) else {
      return .nothing
    }
    return .time(Time(microseconds: first.daysSinceEpoch * 86_400_000_000))
  }

  private static func weekday(of value: Value) -> Value {
    guard case .time(let time) = value else { return .nothing }
    let days = time.microseconds.flooredDivision(by: 86_400_000_000).quotient
    return .text(weekdays[Int(CivilDate(daysSinceEpoch: days).weekday)])
  }

  private static func seconds(of value: Value) -> Double {
    if case .duration(let span) = value { span.inSeconds } else { 0 }
  }

  private static func joined(_ values: [Value], by separator: String) throws(EvaluationError)
    -> Value
  {
    var texts: [String] = []
    for value in values { texts.append(try Interpolation.text(of: value)) }
    return .text(texts.joined(separator: separator))
  }

  private static func names(of values: [Value]) throws(EvaluationError) -> Value {
    var names: [Value] = []
    for value in values {
      guard let name = Lookup.name(of: value) else {
        throw .wrongType(
          what: "an element of the list",
          needed: "an object or a record with a name",
          actual: value
        )
      }
      names.append(.text(name))
    }
    return .list(names)
  }
}
