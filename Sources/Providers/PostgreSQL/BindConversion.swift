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

  /// One array for the whole list, for `= any(…)`; lists in it are its further dimensions.
  private static func array(_ values: [Value], _ position: Int) throws(Failure) -> Bind {
    // Records are rows of JSON, for `jsonb_to_recordset(…)`: no array of the server's holds them.
    if values.contains(where: { if case .record = $0 { true } else { false } }) {
      return .text(Value.list(values).json.text)
    }
    var binds: [Bind] = []
    let leaves = try leaves(values, position)
    for value in leaves { binds.append(try scalar(value, position)) }
    let kinds = Set(binds.filter { $0 != .null }.map(Kind.init))
    guard kinds.count <= 1 || kinds == [.int, .number] else {
      throw Failure(
        .value,
        "the list bound as $\(position) must be of one type, but holds several"
      )
    }
    let kind = kinds.count > 1 ? .number : kinds.first
    guard values.contains(where: { $0.elements != nil }) else {
      return kind.map { array(of: $0, binds) } ?? .textArray(binds.map { _ in nil })
    }
    let text = nested(values, binds.map(\.arrayText)[...]).text
    return kind?.arrayType.map { .typed(text, $0) } ?? .text(text)
  }

  /// All that is no list, in order; the server knows at most six dimensions.
  private static func leaves(
    _ values: [Value],
    _ position: Int,
    depth: Int = 1
  ) throws(Failure) -> [Value] {
    guard depth <= 6 else {
      throw Failure(.value, "the list bound as $\(position) nests deeper than six lists")
    }
    var found: [Value] = []
    for value in values {
      if let inner = value.elements {
        found += try leaves(inner, position, depth: depth + 1)
      } else {
        found.append(value)
      }
    }
    return found
  }

  /// The array literal of lists in lists, from the texts of their leaves.
  private static func nested(
    _ values: [Value],
    _ leaves: ArraySlice<String?>
  ) -> (text: String, rest: ArraySlice<String?>) {
    var rest = leaves
    var parts: [String] = []
    for value in values {
      if let inner = value.elements {
        let found = nested(inner, rest)
        parts.append(found.text)
        rest = found.rest
      } else {
        let literal = ArrayLiteral.text(of: [rest.popFirst() ?? nil])
        parts.append(String(literal.dropFirst().dropLast()))
      }
    }
    return ("{\(parts.joined(separator: ","))}", rest)
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

    /// The type of an array of it; nothing where the server takes what the place needs.
    var arrayType: TypeID? {
      switch self {
      case .bool: .boolArray
      case .int: .int8Array
      case .number: .numericArray
      case .time: .timestamptzArray
      case .span: .intervalArray
      case .text: nil
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

extension Bind {
  /// The value as an element of an array literal; an SQL null is nil.
  fileprivate var arrayText: String? {
    switch self {
    case .bool(let flag): flag ? "t" : "f"
    case .int(let number): String(number)
    case .number(let number): number.description
    case .text(let text), .typed(let text, _): text
    default: nil
    }
  }
}
