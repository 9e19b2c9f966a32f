/// Why a text is no regular expression of ours.
struct PatternError: Error {
  let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}

/// What a regular expression means; groups only group, since nothing is captured.
enum PatternTree {
  case empty
  case set(ScalarSet)
  case anchor(PatternAnchor)
  case sequence([PatternTree])
  case choice([PatternTree])
  indirect case repeated(PatternTree, least: Int, most: Int?)
}

/// A place in the text that is asked about without taking anything of it.
enum PatternAnchor {
  case textStart, textEnd
  case lineStart, lineEnd
  case wordBoundary, noWordBoundary

  func holds(after left: Unicode.Scalar?, before right: Unicode.Scalar?) -> Bool {
    switch self {
    case .textStart: left == nil
    case .textEnd: right == nil
    case .lineStart: left.map(ScalarProperty.isLineEnd) ?? true
    case .lineEnd: right.map(ScalarProperty.isLineEnd) ?? true
    case .wordBoundary: isWord(left) != isWord(right)
    case .noWordBoundary: isWord(left) == isWord(right)
    }
  }

  private func isWord(_ scalar: Unicode.Scalar?) -> Bool {
    scalar.map(ScalarProperty.words.contains) ?? false
  }
}
