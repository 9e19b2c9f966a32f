internal import Postgres
internal import Values

/// How the cells of one column become values; chosen once, by the type that the server names.
enum CellDecoder: Sendable {
  case bool, int, float, numeric, text, moment, localTime, date, interval, json
  indirect case array(CellDecoder)

  init(_ type: TypeID) {
    if let element = type.element {
      self = .array(CellDecoder(element))
      return
    }
    switch type {
    case .bool: self = .bool
    case .int2, .int4, .int8, .oid, .xid: self = .int
    case .float4, .float8: self = .float
    case .numeric: self = .numeric
    case .timestamptz: self = .moment
    case .timestamp: self = .localTime
    case .date: self = .date
    case .interval: self = .interval
    case .json, .jsonb: self = .json
    default: self = .text
    }
  }

  /// Reads a cell; what its type's usual form does not fit stays the server's text.
  func value(_ row: Row, _ column: Int) -> Value {
    switch self {
    case .int:
      row.withBytes(column) { bytes in
        guard let bytes else { return .nothing }
        return Self.int(bytes).map { .int($0) } ?? .text(row.text(column) ?? "")
      }
    case .bool:
      row.withBytes(column) { bytes in
        guard let bytes, bytes.count > 0 else { return .nothing }
        return .bool(bytes[0] == UInt8(ascii: "t"))
      }
    default: row.text(column).map(value(ofText:)) ?? .nothing
    }
  }

  /// Reads the server's text of a value.
  func value(ofText text: String) -> Value {
    switch self {
    case .bool: .bool(text == "t")
    case .int: Int64(text).map { .int($0) } ?? .text(text)
    case .float: Self.float(text)
    case .numeric: Self.numeric(text)
    case .text: .text(text)
    case .moment: Time(text).map { .time($0) } ?? .text(text)
    // Without a zone it is taken as UTC; its date alone would be read as one as well.
    case .localTime: Time(text + "Z").map { .time($0) } ?? .text(text)
    case .date: Time(text).map { .time($0) } ?? .text(text)
    case .interval: IntervalText.span(text).map { .duration($0) } ?? .text(text)
    case .json: ExactJSON.value(text) ?? .text(text)
    case .array(let element): Self.array(text, of: element)
    }
  }

  private static func int(_ bytes: Span<UInt8>) -> Int64? {
    var index = 0
    let isNegative = bytes.count > 0 && bytes[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    guard index < bytes.count, bytes.count <= 20 else { return nil }
    var number: Int64 = 0
    while index < bytes.count {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let (shifted, tooLarge) = number.multipliedReportingOverflow(by: 10)
      let (next, tooSmall) = shifted.subtractingReportingOverflow(Int64(digit))
      guard !tooLarge, !tooSmall else { return nil }
      number = next
      index += 1
    }
    guard !isNegative else { return number }
    return number == .min ? nil : -number
  }

  private static func float(_ text: String) -> Value {
    guard let number = Double(text), number.isFinite else { return .text(text) }
    return .number(number)
  }

  /// Fifteen digits are what a binary number holds for certain; with more, or too near to zero, the
  /// text is kept.
  private static func numeric(_ text: String) -> Value {
    guard text.utf8.contains(UInt8(ascii: ".")) else {
      return Int64(text).map { .int($0) } ?? .text(text)
    }
    let digits = text.utf8.filter { $0 >= 48 && $0 <= 57 }.drop { $0 == 48 }
    guard digits.count <= 15, let number = Double(text), number.isFinite,
      digits.isEmpty || number.isNormal
    else { return .text(text) }
    return .number(number)
  }

  /// An array that begins at another place than 1 stays the server's text: a list would lose that.
  private static func array(_ text: String, of element: CellDecoder) -> Value {
    guard !text.hasPrefix("["), let elements = ArrayLiteral.parse(text) else {
      return .text(text)
    }
    let values = elements.map { value($0, element) }
    guard element.isTyped, holdsText(values) else { return .list(values) }
    // One that is no typed value makes all of them the server's texts: a list is of one type.
    return .list(elements.map { value($0, .text) })
  }

  /// Whether a text among its values is one that could not be read.
  private var isTyped: Bool {
    switch self {
    case .text, .json: false
    default: true
    }
  }

  private static func holdsText(_ values: [Value]) -> Bool {
    values.contains { value in
      switch value {
      case .text: true
      case .list(let inner): holdsText(inner)
      default: false
      }
    }
  }

  private static func value(_ element: ArrayLiteral.Element, _ decoder: CellDecoder) -> Value {
    switch element {
    case .null: .nothing
    case .text(let text): decoder.value(ofText: text)
    case .array(let inner): .list(inner.map { value($0, decoder) })
    }
  }
}

/// Intervals as the server prints them with `IntervalStyle = postgres`.
enum IntervalText {
  /// `3 days 04:05:06.789`; nothing where months or years are in it, which have no fixed length.
  static func span(_ text: String) -> TimeSpan? {
    var total: Int64 = 0
    var words = text.split(separator: " ")[...]
    guard !words.isEmpty else { return nil }
    while let word = words.popFirst() {
      if word.utf8.contains(UInt8(ascii: ":")) {
        guard words.isEmpty, let clock = clock(word) else { return nil }
        return sum(total, clock)
      }
      guard let number = Int64(word), let unit = words.popFirst(), unit.hasPrefix("day") else {
        return nil
      }
      let (micros, isTooLarge) = number.multipliedReportingOverflow(by: 86_400_000_000)
      guard !isTooLarge else { return nil }
      total = micros
    }
    return TimeSpan(microseconds: total)
  }

  private static func sum(_ days: Int64, _ clock: Int64) -> TimeSpan? {
    let (total, isTooLarge) = days.addingReportingOverflow(clock)
    return isTooLarge ? nil : TimeSpan(microseconds: total)
  }

  /// `-04:05:06.789` in microseconds.
  private static func clock(_ word: Substring) -> Int64? {
    let isNegative = word.hasPrefix("-")
    let parts = word.drop { $0 == "-" || $0 == "+" }.split(separator: ":")
    guard parts.count == 3, let hours = Int64(parts[0]), hours < 2_000_000_000,
      let minutes = Int64(parts[1])
    else { return nil }
    let second = parts[2].split(separator: ".")
    guard let whole = second.first.flatMap({ Int64($0) }), second.count <= 2 else { return nil }
    var micros: Int64 = 0
    if second.count == 2 {
      let digits = (second[1] + "000000").prefix(6)
      guard let fraction = Int64(digits) else { return nil }
      micros = fraction
    }
    let total = (hours * 3600 + minutes * 60 + whole) * 1_000_000 + micros
    return isNegative ? -total : total
  }
}
