import Diagnostics

/// Reads the values of number tokens.
enum NumberReading {
  static let microseconds: [String: Int64] = [
    "ms": 1_000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000,
  ]

  static let bytes: [String: Int64] = [
    "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
    "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
  ]

  /// Why a number token has no value.
  enum Failure: Error {
    case overflow
    case underscore
    case unitOrder
    case unknownUnit
  }

  static func int(_ text: ArraySlice<UInt8>) throws(Failure) -> Int64 {
    try checkUnderscores(text)
    return try digits(text)
  }

  static func number(_ text: ArraySlice<UInt8>) throws(Failure) -> Double {
    try checkUnderscores(text)
    let plain = text.filter { $0 != UInt8(ascii: "_") }
    guard let value = Double(String(decoding: plain, as: UTF8.self)), value.isFinite else {
      throw .overflow
    }
    return value
  }

  /// Reads `1h30m`: whole numbers, each unit smaller than the one before it.
  static func duration(_ text: ArraySlice<UInt8>) throws(Failure) -> Int64 {
    var total: Int64 = 0
    var smallest = Int64.max
    var rest = text
    while !rest.isEmpty {
      let amount = rest.prefix { Lexer.isDigit($0) || $0 == UInt8(ascii: "_") }
      rest = rest.dropFirst(amount.count)
      let unit = rest.prefix { !Lexer.isDigit($0) }
      rest = rest.dropFirst(unit.count)
      guard let factor = microseconds[String(decoding: unit, as: UTF8.self)], !amount.isEmpty else {
        throw .unknownUnit
      }
      guard factor < smallest else { throw .unitOrder }
      smallest = factor
      let part = try int(amount).multipliedReportingOverflow(by: factor)
      let sum = total.addingReportingOverflow(part.partialValue)
      guard !part.overflow, !sum.overflow else { throw .overflow }
      total = sum.partialValue
    }
    return total
  }

  static func size(_ text: ArraySlice<UInt8>) throws(Failure) -> Int64 {
    let amount = text.prefix { Lexer.isDigit($0) || $0 == UInt8(ascii: "_") }
    let unit = String(decoding: text.dropFirst(amount.count), as: UTF8.self)
    guard let factor = bytes[unit] else { throw .unknownUnit }
    let (value, overflow) = try int(amount).multipliedReportingOverflow(by: factor)
    guard !overflow else { throw .overflow }
    return value
  }

  private static func checkUnderscores(_ text: ArraySlice<UInt8>) throws(Failure) {
    let underscore = UInt8(ascii: "_")
    for index in text.indices where text[index] == underscore {
      let before = index > text.startIndex ? text[index - 1] : underscore
      let after = index + 1 < text.endIndex ? text[index + 1] : underscore
      guard Lexer.isDigit(before), Lexer.isDigit(after) else { throw .underscore }
    }
  }

  private static func digits(_ text: ArraySlice<UInt8>) throws(Failure) -> Int64 {
    var value: Int64 = 0
    for byte in text where byte != UInt8(ascii: "_") {
      let tenfold = value.multipliedReportingOverflow(by: 10)
      let sum = tenfold.partialValue.addingReportingOverflow(Int64(byte) - 48)
      guard !tenfold.overflow, !sum.overflow else { throw .overflow }
      value = sum.partialValue
    }
    return value
  }
}
