/// Scalars by a property, as `\d` and `\p{Lu}` name them.
enum ScalarProperty: Sendable {
  case digits, words, spaces, lineEnds
  /// A general category of Unicode, by one or two letters.
  case category(String)

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .digits: scalar.properties.generalCategory == .decimalNumber
    case .words:
      scalar == "_" || scalar.properties.isAlphabetic
        || ["Nd", "Mn", "Mc", "Me", "Pc"].contains(scalar.categoryCode)
    case .spaces: scalar.properties.isWhitespace
    case .lineEnds: Self.isLineEnd(scalar)
    case .category(let code): scalar.categoryCode.hasPrefix(code)
    }
  }

  static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
    (0x0A...0x0D).contains(scalar.value) || [0x85, 0x2028, 0x2029].contains(scalar.value)
  }
}

/// Scalars that are written as one: `a`, `a-z`, `\d`, `\D`.
enum ScalarClass: Sendable {
  case range(ClosedRange<UInt32>)
  case having(ScalarProperty)
  case not(ScalarProperty)

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .range(let range): range.contains(scalar.value)
    case .having(let property): property.contains(scalar)
    case .not(let property): !property.contains(scalar)
    }
  }

  static func one(_ scalar: Unicode.Scalar) -> Self { .range(scalar.value...scalar.value) }
}

/// The scalars that one place of a pattern takes.
struct ScalarSet: Sendable {
  let classes: [ScalarClass]
  let isNegated: Bool
  let ignoresCase: Bool

  init(_ classes: [ScalarClass], isNegated: Bool = false, ignoresCase: Bool = false) {
    self.classes = classes
    self.isNegated = isNegated
    self.ignoresCase = ignoresCase
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    var isIn = classes.contains { $0.contains(scalar) }
    if !isIn, ignoresCase {
      isIn = scalar.otherCases.contains { other in classes.contains { $0.contains(other) } }
    }
    return isIn != isNegated
  }

  /// The part below 128 as bits: `low` those below 64.
  var ascii: (low: UInt64, high: UInt64) {
    var low: UInt64 = 0
    var high: UInt64 = 0
    for value: UInt8 in 0..<128 where contains(Unicode.Scalar(value)) {
      if value < 64 { low |= 1 << UInt64(value) } else { high |= 1 << UInt64(value - 64) }
    }
    return (low, high)
  }
}

extension Unicode.Scalar {
  /// The same letter in lower, upper and title case, where that is one scalar.
  fileprivate var otherCases: [Unicode.Scalar] {
    [properties.lowercaseMapping, properties.uppercaseMapping, properties.titlecaseMapping]
      .compactMap { text in
        let scalars = text.unicodeScalars
        return scalars.count == 1 ? scalars.first : nil
      }
  }

  /// The general category as Unicode abbreviates it.
  var categoryCode: String {
    switch properties.generalCategory {
    case .uppercaseLetter: "Lu"
    case .lowercaseLetter: "Ll"
    case .titlecaseLetter: "Lt"
    case .modifierLetter: "Lm"
    case .otherLetter: "Lo"
    case .nonspacingMark: "Mn"
    case .spacingMark: "Mc"
    case .enclosingMark: "Me"
    case .decimalNumber: "Nd"
    case .letterNumber: "Nl"
    case .otherNumber: "No"
    case .connectorPunctuation: "Pc"
    case .dashPunctuation: "Pd"
    case .openPunctuation: "Ps"
    case .closePunctuation: "Pe"
    case .initialPunctuation: "Pi"
    case .finalPunctuation: "Pf"
    case .otherPunctuation: "Po"
    case .mathSymbol: "Sm"
    case .currencySymbol: "Sc"
    case .modifierSymbol: "Sk"
    case .otherSymbol: "So"
    case .spaceSeparator: "Zs"
    case .lineSeparator: "Zl"
    case .paragraphSeparator: "Zp"
    case .control: "Cc"
    case .format: "Cf"
    case .surrogate: "Cs"
    case .privateUse: "Co"
    case .unassigned: "Cn"
    @unknown default: "Cn"
    }
  }

  /// Every category, and every first letter of one.
  static let categoryCodes: Set<String> = Set(
    [
      "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe",
      "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
    ].flatMap { [$0, String($0.prefix(1))] }
  )
}
