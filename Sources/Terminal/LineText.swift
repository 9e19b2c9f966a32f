/// A text of several lines with a cursor, in Unicode scalars as libedit counts them.
struct LineText {
  let scalars: [Unicode.Scalar]
  let cursor: Int

  private static let newline: Unicode.Scalar = "\n"

  var text: String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  /// Where the line that the cursor is in begins, and where it ends.
  var line: Range<Int> {
    let start = scalars[..<cursor].lastIndex(of: Self.newline).map { $0 + 1 } ?? 0
    let end = scalars[cursor...].firstIndex(of: Self.newline) ?? scalars.count
    return start..<end
  }

  /// The same column in the line above; nothing in the first one.
  var above: Int? {
    let line = line
    guard line.lowerBound > 0 else { return nil }
    let end = line.lowerBound - 1
    let start = scalars[..<end].lastIndex(of: Self.newline).map { $0 + 1 } ?? 0
    return min(start + cursor - line.lowerBound, end)
  }

  /// The same column in the line below; nothing in the last one.
  var below: Int? {
    let line = line
    guard line.upperBound < scalars.count else { return nil }
    let start = line.upperBound + 1
    let end = scalars[start...].firstIndex(of: Self.newline) ?? scalars.count
    return min(start + cursor - line.lowerBound, end)
  }

  /// The word of letters, digits and `_` that ends at the cursor; completion replaces it.
  var word: String {
    var start = cursor
    while start > 0, Self.isWord(scalars[start - 1]) { start -= 1 }
    return LineText(scalars: Array(scalars[start..<cursor]), cursor: 0).text
  }

  /// The cursor as an offset into the text's UTF-8.
  var utf8Cursor: Int {
    scalars[..<cursor].reduce(0) { $0 + UTF8.width($1) }
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    default: false
    }
  }
}
