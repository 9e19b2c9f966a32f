/// Escapes and bracketed sets.
extension PatternParser {
  /// Reads what stands after a backslash outside of brackets.
  mutating func escape() throws(PatternError) -> PatternTree {
    switch next {
    case "b": return anchor(.wordBoundary)
    case "B": return anchor(.noWordBoundary)
    case "A": return anchor(.textStart)
    case "z": return anchor(.textEnd)
    case let digit? where ("1"..."9").contains(digit):
      throw PatternError("back-references are not supported: a pattern runs once over the text")
    default: return .set(ScalarSet([try escapedClass()], ignoresCase: flags.ignoresCase))
    }
  }

  private mutating func anchor(_ anchor: PatternAnchor) -> PatternTree {
    index += 1
    return .anchor(anchor)
  }

  /// Reads what stands after a backslash and takes one scalar.
  private mutating func escapedClass() throws(PatternError) -> ScalarClass {
    guard let scalar = next else { throw PatternError("a backslash stands at its end") }
    index += 1
    switch scalar {
    case "d": return .having(.digits)
    case "D": return .not(.digits)
    case "w": return .having(.words)
    case "W": return .not(.words)
    case "s": return .having(.spaces)
    case "S": return .not(.spaces)
    case "p": return .having(try category())
    case "P": return .not(try category())
    case "n": return .one("\n")
    case "r": return .one("\r")
    case "t": return .one("\t")
    case "f": return .one("\u{0C}")
    case "v": return .one("\u{0B}")
    case "e": return .one("\u{1B}")
    case "0": return .one("\0")
    case "x": return .one(try coded(digits: 2))
    case "u": return .one(try coded(digits: 4))
    default:
      guard !scalar.properties.isAlphabetic, !("0"..."9").contains(scalar) else {
        throw PatternError("'\\\(scalar)' is not supported")
      }
      return .one(scalar)
    }
  }

  private mutating func category() throws(PatternError) -> ScalarProperty {
    let code =
      try braced()
      ?? next.map(String.init).map { one in
        index += 1
        return one
      }
    guard let code, Unicode.Scalar.categoryCodes.contains(code) else {
      throw PatternError("'\\p{\(code ?? "")}' is no category such as L, Lu or Nd")
    }
    return .category(code)
  }

  /// Reads `{…}`; nothing if there is none.
  private mutating func braced() throws(PatternError) -> String? {
    guard take("{") else { return nil }
    var text = ""
    while let scalar = next, scalar != "}" {
      text.unicodeScalars.append(scalar)
      index += 1
    }
    guard take("}") else { throw PatternError("expected '}'") }
    return text
  }

  private mutating func coded(digits: Int) throws(PatternError) -> Unicode.Scalar {
    var text = try braced() ?? ""
    if text.isEmpty {
      let end = min(index + digits, scalars.count)
      for scalar in scalars[index..<end] { text.unicodeScalars.append(scalar) }
      index = end
    }
    guard let value = UInt32(text, radix: 16), !text.hasPrefix("+"),
      let scalar = Unicode.Scalar(value)
    else {
      throw PatternError("'\(text)' is no code of a character")
    }
    return scalar
  }

  // MARK: - Brackets

  /// Reads a set after its `[`.
  mutating func bracket() throws(PatternError) -> ScalarSet {
    let isNegated = take("^")
    var classes: [ScalarClass] = []
    // A `]` that comes first stands for itself.
    repeat {
      guard let scalar = next else { throw PatternError("expected ']'") }
      if scalar == "[" || (scalar == "&" && isAhead("&&")) {
        throw PatternError("write '\\\(scalar)' in a set; sets of sets are not supported")
      }
      classes.append(try element())
    } while next != "]"
    index += 1
    return ScalarSet(classes, isNegated: isNegated, ignoresCase: flags.ignoresCase)
  }

  private func isAhead(_ text: String) -> Bool {
    scalars[index...].starts(with: text.unicodeScalars)
  }

  /// Reads one scalar, class or range of a set.
  private mutating func element() throws(PatternError) -> ScalarClass {
    let low = try bracketed()
    guard next == "-", index + 1 < scalars.count, scalars[index + 1] != "]",
      case .range(let from) = low
    else { return low }
    index += 1
    guard case .range(let to) = try bracketed() else {
      throw PatternError("a range in a set ends with one character")
    }
    guard from.lowerBound <= to.upperBound else {
      throw PatternError("a range in a set goes backwards")
    }
    return .range(from.lowerBound...to.upperBound)
  }

  private mutating func bracketed() throws(PatternError) -> ScalarClass {
    guard let scalar = next else { throw PatternError("expected ']'") }
    index += 1
    guard scalar == "\\" else { return .one(scalar) }
    if take("b") { return .one("\u{08}") }
    return try escapedClass()
  }
}
