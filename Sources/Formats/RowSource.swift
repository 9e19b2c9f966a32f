private import Objects
internal import Values

/// The rows of a value, one by one: of a stream, a list, a range or a collection; of anything else
/// itself.
struct RowSource {
  private enum State {
    case stream(any ValueStream)
    case list([Value], next: Int)
    case range(next: Int64, last: Int64)
    case single(Value)
    case ended
  }

  private var state: State
  /// Says that the value is no list: it is shown as itself, not as a list of one.
  let isSingle: Bool
  /// The columns' names, where they are known before the first row.
  let columnNames: [String]?

  init(_ value: Value) {
    var names: [String]?
    switch value {
    case .stream(let stream):
      names = stream.columnNames
      state = .stream(stream)
    case .list(let values): state = .list(values, next: 0)
    case .range(let low, let high): state = low > high ? .ended : .range(next: low, last: high)
    case .object(let object):
      if let elements = Self.elements(of: object) {
        state = .list(elements, next: 0)
      } else {
        state = .single(value)
      }
    default: state = .single(value)
    }
    columnNames = names
    isSingle = if case .single = state { true } else { false }
  }

  /// The elements of a collection that holds them already; others are read before they come here.
  private static func elements(of object: any ObjectReference) -> [Value]? {
    guard let object = object as? ObjectValue, let member = object.kind.elements,
      case .field(let read) = member.implementation, case .list(let values) = read(object)
    else { return nil }
    return values
  }

  mutating func next() throws(Failure) -> Value? {
    switch state {
    case .stream(let stream): return try stream.next()
    case .list(let values, let index):
      guard index < values.count else { return nil }
      state = .list(values, next: index + 1)
      return values[index]
    case .range(let next, let last):
      state = next == last ? .ended : .range(next: next + 1, last: last)
      return .int(next)
    case .single(let value):
      state = .ended
      return value
    case .ended: return nil
    }
  }

  /// Says that no more rows are wanted.
  mutating func cancel() {
    if case .stream(let stream) = state { stream.cancel() }
    state = .ended
  }
}

/// A row as formats with columns see it.
enum Row {
  case fields(Record)
  case scalar(Value)

  /// Objects are what a table shows of them; a list's elements are named by their place, from 1.
  init(_ value: Value) {
    switch value {
    case .record(let record): self = .fields(record)
    case .object(let object):
      let record = object.summaryRecord
      self = record.names.isEmpty ? .scalar(value) : .fields(record)
    case .list(let values):
      let names = values.indices.map { String($0 + 1) }
      self = .fields(Record(shape: RecordShape(names), cells: values))
    default: self = .scalar(value)
    }
  }

  /// As fields in any case: a scalar is one named `value`.
  var record: Record {
    switch self {
    case .fields(let record): record
    case .scalar(let value): Record(["value": value])
    }
  }
}
