extension Value: Hashable {
  /// The language's `is`: whole numbers and numbers compare by size, lists and records by their
  /// parts, objects by kind and identity; values of different types are never the same.
  package static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.nothing, .nothing): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.int(let a), .number(let b)), (.number(let b), .int(let a)):
      // By way of Double two whole numbers above 2^53 would both be the same third one.
      Int64(exactly: b) == a
    case (.percent(let a), .percent(let b)): a == b
    case (.text(let a), .text(let b)): a == b
    case (.duration(let a), .duration(let b)): a == b
    case (.size(let a), .size(let b)): a == b
    case (.time(let a), .time(let b)): a == b
    case (.list, .list), (.range, .range), (.list, .range), (.range, .list):
      sameElements(left, right)
    case (.record(let a), .record(let b)):
      a.names == b.names && a.cells == b.cells
    case (.sql(let a), .sql(let b)): a.fragments == b.fragments && a.parameters == b.parameters
    case (.secret(let a), .secret(let b)): a.hasSameText(as: b)
    case (.object(let a), .object(let b)):
      a.kindName == b.kindName && a.identity == b.identity
    case (.plan(let a), .plan(let b)): a === b
    case (.stream(let a), .stream(let b)): a === b
    case (.pending(let a), .pending(let b)): a === b
    default: false
    }
  }

  private static func sameElements(_ left: Value, _ right: Value) -> Bool {
    if case .range(let a, let b) = left, case .range(let c, let d) = right {
      return (a, b) == (c, d) || (a > b && c > d)
    }
    // The counts first: a range may stand for more elements than there is memory.
    guard left.elementCount == right.elementCount, let left = left.elements,
      let right = right.elements
    else { return false }
    return left == right
  }

  private var elementCount: UInt64? {
    switch self {
    case .list(let values): UInt64(values.count)
    case .range(let low, let high):
      low > high ? 0 : (UInt64(bitPattern: high) &- UInt64(bitPattern: low)).saturatedSuccessor
    default: nil
    }
  }

  /// The elements of a list or range; nothing for what is no list, and for a stream.
  package var elements: [Value]? {
    switch self {
    case .list(let values): values
    case .range(let low, let high): low > high ? [] : (low...high).map { .int($0) }
    default: nil
    }
  }

  /// So many of a list's elements go into its hash: a range may have any number.
  private static let hashedElements = 16

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .nothing: hasher.combine(0)
    case .bool(let flag): hasher.combine(flag)
    case .int(let number): hasher.combine(Double(number))
    case .number(let number): hasher.combine(number)
    case .percent(let number): hasher.combine(number)
    case .text(let text): hasher.combine(text)
    case .duration(let span): hasher.combine(span)
    case .size(let bytes): hasher.combine(bytes)
    case .time(let time): hasher.combine(time)
    case .list(let values):
      hasher.combine(UInt64(values.count))
      for value in values.prefix(Self.hashedElements) { hasher.combine(value) }
    case .range(let low, let high):
      // As the list of the same elements, which it is equal to.
      hasher.combine(elementCount ?? 0)
      guard low <= high else { return }
      let limit = low.addingReportingOverflow(Int64(Self.hashedElements) - 1)
      let last = limit.overflow ? high : min(high, limit.partialValue)
      for number in low...last { hasher.combine(Value.int(number)) }
    case .record(let record):
      hasher.combine(record.names)
      hasher.combine(record.cells)
    case .sql(let template): hasher.combine(template.fragments)
    case .secret: hasher.combine(1)
    case .object(let object):
      hasher.combine(object.kindName)
      hasher.combine(object.identity)
    case .plan(let plan): hasher.combine(ObjectIdentifier(plan))
    case .stream(let stream): hasher.combine(ObjectIdentifier(stream))
    case .pending(let pending): hasher.combine(ObjectIdentifier(pending))
    }
  }
}

extension UInt64 {
  fileprivate var saturatedSuccessor: UInt64 { self == .max ? .max : self + 1 }
}
