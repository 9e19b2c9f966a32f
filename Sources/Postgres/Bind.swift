/// A value for `$1`, `$2`, … of a statement; it travels beside the SQL text, never inside it.
///
/// Numbers get the type that the same digits would have in SQL (`int4`, `int8` or `numeric`). Text
/// and lists of text get none: the server takes what the place needs (`uuid`, `timestamptz`, an
/// enumeration, …), as for a quoted literal.
package enum Bind: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case number(Double)
  case text(String)
  case bytes([UInt8])
  case boolArray([Bool?])
  case intArray([Int64?])
  case numberArray([Double?])
  case textArray([String?])
  /// Text in the server's own notation, of a type that the caller knows.
  case typed(String, TypeID)

  /// The type that is sent along.
  var type: TypeID {
    switch self {
    case .null, .text, .textArray: .inferred
    case .bool: .bool
    case .int(let value): Int32(exactly: value) == nil ? .int8 : .int4
    case .number(let value): value.isFinite ? .numeric : .float8
    case .bytes: .bytea
    case .boolArray: .boolArray
    case .intArray(let values):
      values.allSatisfy { $0.map { Int32(exactly: $0) != nil } ?? true } ? .int4Array : .int8Array
    case .numberArray(let values):
      values.allSatisfy { $0?.isFinite ?? true } ? .numericArray : .float8Array
    case .typed(_, let type): type
    }
  }

  /// The value in the server's text format; nil for an SQL null.
  var literal: String? {
    switch self {
    case .null: nil
    case .bool(let value): value ? "t" : "f"
    case .int(let value): String(value)
    case .number(let value): Self.text(of: value)
    case .text(let value), .typed(let value, _): value
    case .bytes(let value): Self.hex(value)
    case .boolArray(let values): ArrayLiteral.text(of: values.map { $0.map { $0 ? "t" : "f" } })
    case .intArray(let values): ArrayLiteral.text(of: values.map { $0.map { String($0) } })
    case .numberArray(let values): ArrayLiteral.text(of: values.map { $0.map(Self.text(of:)) })
    case .textArray(let values): ArrayLiteral.text(of: values)
    }
  }

  private static func text(of value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return value.description
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return unsafe String(unsafeUninitializedCapacity: 2 + 2 * bytes.count) { buffer in
      unsafe buffer[0] = UInt8(ascii: "\\")
      unsafe buffer[1] = UInt8(ascii: "x")
      for (index, byte) in bytes.enumerated() {
        unsafe buffer[2 + 2 * index] = digits[Int(byte >> 4)]
        unsafe buffer[3 + 2 * index] = digits[Int(byte & 15)]
      }
      return 2 + 2 * bytes.count
    }
  }
}
