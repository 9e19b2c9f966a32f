internal import Sinks
internal import Values

extension Value {
  /// The value in a cell that people read: one line, no finer than they need, harmless.
  ///
  /// Secrets are masked first, since what comes after could hide them from the sink.
  func cellText(masking registry: SecretRegistry) -> String {
    Harmless.text(Redactor.redact(rawCellText, registry: registry))
  }

  private var rawCellText: String {
    switch self {
    case .nothing: ""
    case .time(let time): Self.wholeSeconds(time).text
    case .list, .record, .range: json.text
    default: text
    }
  }

  private static func wholeSeconds(_ time: Time) -> Time {
    var time = time
    let fraction = time.microseconds % 1_000_000
    time.microseconds -= fraction < 0 ? fraction + 1_000_000 : fraction
    return time
  }

  /// Says that it stands at the right of its column.
  var isMeasure: Bool {
    switch self {
    case .int, .number, .percent, .duration, .size: true
    default: false
    }
  }

  /// The value in a field that programs read: as in JSON, texts without quotes, nothing empty.
  var fieldText: String {
    switch json {
    case .null: ""
    case .string(let text): text
    case let other: other.text
    }
  }

  /// Says that it is one line by itself; everything else is shown as JSON in a pipe.
  var isScalar: Bool {
    switch self {
    case .nothing, .bool, .int, .number, .percent, .text, .duration, .size, .time, .sql, .secret,
      .pending:
      true
    case .list, .range, .record, .stream, .object, .plan: false
    }
  }

  /// A scalar as the language writes it, without rounding.
  var exactText: String {
    switch self {
    case .percent(let number): Self.text(of: number) + "%"
    case .duration(let span): span.text
    case .size(let bytes): Self.exactText(ofSize: bytes)
    default: text
    }
  }

  private static func exactText(ofSize bytes: Int64) -> String {
    let units: [(String, Int64)] = [
      ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000),
    ]
    for (unit, size) in units where bytes != 0 && bytes % size == 0 {
      return "\(bytes / size)\(unit)"
    }
    return "\(bytes)B"
  }
}
