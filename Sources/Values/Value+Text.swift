extension Value {
  /// The value as people read it, in one line; nothing is `nothing`, objects are their identity.
  ///
  /// Foreign text in it is as it came: a sink makes it harmless.
  package var text: String {
    switch self {
    case .nothing: "nothing"
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .number(let number): Self.text(of: number)
    case .percent(let number): Self.text(of: (number * 100).rounded() / 100) + "%"
    case .text(let text): text
    case .duration(let span): span.roundedText
    case .size(let bytes): Self.text(ofSize: bytes)
    case .time(let time): time.text
    case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
    case .range(let low, let high): "\(low)..\(high)"
    case .record(let record): record.text
    case .sql(let template): template.text
    case .secret(let secret): secret.description
    case .stream: "rows that were not read"
    case .object(let object): object.identity
    case .plan(let plan): plan.summary
    case .pending(let pending): "‹\(pending.place)›"
    }
  }

  /// Shortest digits that read back the same; whole numbers without a fraction.
  package static func text(of number: Double) -> String {
    if let whole = Int64(exactly: number), whole.magnitude < 1 << 53 { return String(whole) }
    return "\(number)"
  }

  /// Decimal units with at most one decimal: `1.5MB`.
  package static func text(ofSize bytes: Int64) -> String {
    let units: [(String, UInt64)] = [
      ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000),
    ]
    // What rounds up to the next unit is one of it; bytes have no fraction.
    for (unit, size) in units where bytes.magnitude >= (size == 1000 ? size : size - size / 20_000)
    {
      let tenths = (bytes.magnitude + size / 20) / (size / 10)
      let sign = bytes < 0 ? "-" : ""
      return sign + (tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)") + unit
    }
    return "\(bytes)B"
  }
}

extension Record {
  package var text: String {
    "{" + zip(names, cells).map { "\($0): \($1.text)" }.joined(separator: ", ") + "}"
  }
}
