/// Reads the text of a regular expression.
///
/// The syntax is that which Perl, JavaScript and RE2 have in common.
struct PatternParser {
  /// What `(?i)` and its like switch.
  struct Flags {
    var ignoresCase = false
    var anchorsSeeLines = false
    var dotTakesLineEnds = false
  }

  let scalars: [Unicode.Scalar]
  var index = 0
  var flags = Flags()
  private var depth = 0
  /// A text that nests deeper was not written by a person.
  private static let deepest = 100
  private static let most = 1000

  static func parse(_ text: String) throws(PatternError) -> PatternTree {
    var parser = Self(scalars: Array(text.unicodeScalars))
    let tree = try parser.choice()
    guard parser.index == parser.scalars.count else { throw PatternError("')' without '('") }
    return tree
  }

  private init(scalars: [Unicode.Scalar]) {
    self.scalars = scalars
  }

  var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  mutating func take(_ wanted: Unicode.Scalar) -> Bool {
    guard next == wanted else { return false }
    index += 1
    return true
  }

  // MARK: - From loosest to tightest

  private mutating func choice() throws(PatternError) -> PatternTree {
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(PatternError) -> PatternTree {
    var parts: [PatternTree] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      let atom = try atom()
      parts.append(try repeated(atom))
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func repeated(_ atom: PatternTree) throws(PatternError) -> PatternTree {
    guard let (least, most) = try quantifier() else { return atom }
    if case .anchor = atom { throw PatternError("there is nothing to repeat") }
    // Whether little or much is taken first makes no difference to whether it occurs.
    _ = take("?")
    if next == "+" { throw PatternError("possessive repetition such as 'a*+' is not supported") }
    if next == "*" || next == "?" { throw PatternError("there is nothing to repeat") }
    return .repeated(atom, least: least, most: most)
  }

  private mutating func quantifier() throws(PatternError) -> (Int, Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    let start = index
    guard take("{") else { return nil }
    let least = number()
    var most = least
    if take(",") { most = number() }
    guard take("}"), least != nil || most != nil else {
      // `{` that counts nothing stands for itself.
      index = start
      return nil
    }
    let isOpen = scalars[index - 2] == ","
    let (from, to) = (least ?? 0, isOpen ? nil : most)
    guard max(from, to ?? 0) <= Self.most else {
      throw PatternError("a repetition counts to at most \(Self.most)")
    }
    guard from <= to ?? from else { throw PatternError("{\(from),\(to ?? 0)} counts backwards") }
    return (from, to)
  }

  private mutating func number() -> Int? {
    var digits = ""
    while let scalar = next, ("0"..."9").contains(scalar) {
      digits.unicodeScalars.append(scalar)
      index += 1
    }
    // A number that no machine word holds is as much too large as any other.
    return digits.isEmpty ? nil : Int(digits) ?? .max
  }

  private mutating func atom() throws(PatternError) -> PatternTree {
    guard let scalar = next else { return .empty }
    index += 1
    switch scalar {
    case "(": return try group()
    case "[": return .set(try bracket())
    case ".":
      return .set(ScalarSet(flags.dotTakesLineEnds ? [.range(0...0x10FFFF)] : [.not(.lineEnds)]))
    case "^": return .anchor(flags.anchorsSeeLines ? .lineStart : .textStart)
    case "$": return .anchor(flags.anchorsSeeLines ? .lineEnd : .textEnd)
    case "\\": return try escape()
    case "*", "+", "?": throw PatternError("there is nothing to repeat")
    default: return literal(scalar)
    }
  }

  func literal(_ scalar: Unicode.Scalar) -> PatternTree {
    .set(ScalarSet([.one(scalar)], ignoresCase: flags.ignoresCase))
  }

  // MARK: - Groups

  private mutating func group() throws(PatternError) -> PatternTree {
    depth += 1
    guard depth <= Self.deepest else { throw PatternError("it nests too deep") }
    defer { depth -= 1 }
    let outer = flags
    if take("?") {
      guard try groupHead() else { return .empty }
    }
    let tree = try choice()
    flags = outer
    guard take(")") else { throw PatternError("expected ')'") }
    return tree
  }

  /// Reads what stands after `(?`; says whether a group follows: `(?i)` is none.
  private mutating func groupHead() throws(PatternError) -> Bool {
    if take(":") { return true }
    if take("P") || next == "<" {
      guard take("<"), next != "=", next != "!" else { throw Self.noLookaround }
      while let scalar = next, scalar != ">", scalar != ")" { index += 1 }
      guard take(">") else { throw PatternError("expected '>' after the group's name") }
      return true
    }
    if let scalar = next, "=!>|".unicodeScalars.contains(scalar) { throw Self.noLookaround }
    var isOn = true
    while let scalar = next {
      index += 1
      switch scalar {
      case "-": isOn = false
      case "i": flags.ignoresCase = isOn
      case "m": flags.anchorsSeeLines = isOn
      case "s": flags.dotTakesLineEnds = isOn
      case ":": return true
      case ")": return false
      default: throw PatternError("'(?\(scalar)' is not supported")
      }
    }
    throw PatternError("expected ')'")
  }

  private static let noLookaround = PatternError(
    "lookaround and atomic groups are not supported: a pattern runs once over the text"
  )
}
