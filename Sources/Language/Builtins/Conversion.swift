import Values

/// The builtins that make one type of another.
enum Conversion {
  static func int(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .int: return value
    case .number(let number):
      guard let whole = Int64(exactly: number) else {
        throw .notReadable(what: "whole number", text: value.text)
      }
      return .int(whole)
    case .text(let text):
      guard let number = Int64(text) else { throw .notReadable(what: "whole number", text: text) }
      return .int(number)
    default: throw .wrongType(what: "the value", needed: "a text or number", actual: value)
    }
  }

  static func number(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .number: return value
    case .int(let number): return .number(Double(number))
    case .text(let text):
      guard let number = Double(text), number.isFinite else {
        throw .notReadable(what: "number", text: text)
      }
      return .number(number)
    default: throw .wrongType(what: "the value", needed: "a text or number", actual: value)
    }
  }

  static func rounded(_ value: Value, digits: Value?) throws(EvaluationError) -> Value {
    guard let number = Arithmetic.number(value) else {
      throw .wrongType(what: "the value", needed: "a number", actual: value)
    }
    var places: Int64 = 0
    if case .int(let count) = digits { places = count }
    guard (0...15).contains(places) else {
      throw .outOfRange(what: "digits", valid: 0...15, actual: places)
    }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (number * scale).rounded()
    return .number(scaled.isFinite ? scaled / scale : number)
  }

  static func time(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .time: return value
    case .text(let text):
      guard let time = Time(text) else { throw .notReadable(what: "time", text: text) }
      return .time(time)
    default: throw .wrongType(what: "the value", needed: "a text", actual: value)
    }
  }

  static func json(_ value: Value) throws(EvaluationError) -> Value {
    guard case .text(let text) = value else {
      throw .wrongType(what: "the value", needed: "a text", actual: value)
    }
    do throws(JSONError) {
      return Value(try JSON.parse(text))
    } catch {
      throw .call("this is no JSON text: \(error.message)", advice: nil)
    }
  }
}
