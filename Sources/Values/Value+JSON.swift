extension Value {
  /// The value for programs: times as RFC 3339, durations in seconds, sizes in bytes, percents as
  /// fractions (`5%` is 0.05), objects as what a table shows of them, plans as their summary.
  ///
  /// A secret becomes its mask. A stream is not read: materialize it first.
  package var json: JSON {
    switch self {
    case .nothing: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .int(number)
    case .number(let number): .number(number)
    case .percent(let number): .number(number / 100)
    case .text(let text): .string(text)
    case .duration(let span): Self.secondsJSON(span)
    case .size(let bytes): .int(bytes)
    case .time(let time): .string(time.text)
    case .list(let values): .array(values.map(\.json))
    case .range(let low, let high): .array(low > high ? [] : (low...high).map { .int($0) })
    case .record(let record): record.json
    case .sql(let template): .string(template.text)
    case .secret(let secret): .string(secret.description)
    case .stream: .null
    case .object(let object): object.summaryRecord.json
    case .plan(let plan): .object([JSON.Member("plan", .string(plan.summary))])
    case .pending(let pending): .object([JSON.Member("pending", .string(pending.place))])
    }
  }

  private static func secondsJSON(_ span: TimeSpan) -> JSON {
    let (seconds, micros) = span.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return micros == 0 ? .int(seconds) : .number(span.inSeconds)
  }

  /// Makes a value of what a program answered: whole numbers are `int`, objects records.
  package init(_ json: JSON) {
    switch json {
    case .null: self = .nothing
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .int(number)
    case .number(let number): self = .number(number)
    case .string(let text): self = .text(text)
    case .array(let elements): self = .list(elements.map(Value.init))
    case .object(let members):
      self = .record(Record(fields: members.map { ($0.name, Value($0.value)) }))
    }
  }
}

extension Record {
  package var json: JSON {
    .object(zip(names, cells).map { JSON.Member($0, $1.json) })
  }
}
