internal import Postgres
internal import Values

/// Values of the language as binds of a statement.
enum BindConversion {
  static func binds(of template: SQLTemplate) throws(Failure) -> [Bind] {
    var binds: [Bind] = []
    for (index, value) in template.parameters.enumerated() {
      binds.append(try bind(value, index + 1))
    }
    return binds
  }

  private static func bind(_ value: Value, _ position: Int) throws(Failure) -> Bind {
    switch value {
    case .list, .range:
      return try array(value.elements ?? [], position)
    case .record(let record): return .text(record.json.text)
    default: return try scalar(value, position)
    }
  }

  private static func scalar(_ value: Value, _ position: Int) throws(Failure) -> Bind {
    switch value {
    case .nothing: return .null
    case .bool(let flag): return .bool(flag)
    case .int(let number), .size(let number): return .int(number)
    case .number(let number): return .number(number)
    // As in JSON: 5% is 0.05.
    case .percent(let number): return .number(number / 100)
    case .text(let text): return .text(text)
    case .time(let time): return .typed(time.text, .timestamptz)
    case .duration(let span): return .typed("\(span.microseconds) microseconds", .interval)
    case .object(let object): return .text(object.identity)
    case .secret(let secret):
      throw Failure(
        .refused,
        "the secret \(secret.name) can not be a value of an SQL statement",
        advice: ["statements are logged by the server and kept in the record"]
      )
    case .list, .range, .record, .sql, .stream, .plan, .pending:
      throw Failure(.value, "a \(value.type.name) can not be bound as $\(position)")
    }
  }

  /// One array for the whole list, for `= any(…)`.
  private static func array(_ values: [Value], _ position: Int) throws(Failure) -> Bind {
    var binds: [Bind] = []
    for value in values { binds.append(try scalar(value, position)) }
    let kinds = Set(binds.filter { $0 != .null }.map(Kind.init))
    if let kind = kinds.first, kinds.count == 1 { return array(of: kind, binds) }
    if kinds.isEmpty { return .textArray(binds.map { _ in nil }) }
    guard kinds == [.int, .number] else {
      throw Failure(
        .value,
        "the list bound as $\(position) must be of one type, but holds several"
      )
    }
    return array(of: .number, binds)
  }

  private enum Kind: Hashable {
    case bool, int, number, text, time, span

    init(_ bind: Bind) {
      switch bind {
      case .bool: self = .bool
      case .int: self = .int
      case .number: self = .number
      case .typed(_, .timestamptz): self = .time
      case .typed: self = .span
      default: self = .text
      }
    }
  }

  private static func array(of kind: Kind, _ binds: [Bind]) -> Bind {
    switch kind {
    case .bool:
      return .boolArray(binds.map { if case .bool(let flag) = $0 { flag } else { nil } })
    case .int: return .intArray(binds.map { if case .int(let number) = $0 { number } else { nil } })
    case .number:
      return .numberArray(
        binds.map { bind in
          switch bind {
          case .int(let number): Double(number)
          case .number(let number): number
          default: nil
          }
        }
      )
    case .text: return .textArray(binds.map(text))
    case .time: return .typed(ArrayLiteral.text(of: binds.map(text)), .timestamptzArray)
    case .span: return .typed(ArrayLiteral.text(of: binds.map(text)), .intervalArray)
    }
  }

  private static func text(_ bind: Bind) -> String? {
    switch bind {
    case .text(let text), .typed(let text, _): text
    default: nil
    }
  }
}
