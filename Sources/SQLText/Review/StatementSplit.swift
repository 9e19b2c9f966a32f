/// A part of a migration's text that could be read, or not, by itself.
struct SourceFragment {
  var range: Range<Int>
  /// Why it can not be read; the offset is one of the whole text.
  var problem: (message: String, offset: Int)?
  var parsed: ParsedSQL?
}

extension MigrationSource {
  /// Cuts the text at its semicolons, for a text that the parser refused as a whole: then what is
  /// wrong with one statement does not hide the others.
  func fragments() -> [SourceFragment] {
    var fragments: [SourceFragment] = []
    var start = 0
    while start < bytes.count {
      let first = firstWord(from: start, to: bytes.count)
      guard first < bytes.count, !isBlank(first) else { break }
      var end = bytes[first] == UInt8(ascii: "\\") ? endOfLine(first) : endOfStatement(from: first)
      var fragment = read(start..<end)
      if isCopyFromInput(fragment) {
        let data = endOfData(from: end)
        if data > end {
          fragment.problem = ("rows for COPY stand in the text, which only psql can send", first)
          end = data
        }
      }
      fragment.range = start..<end
      fragments.append(fragment)
      start = min(end + 1, bytes.count)
    }
    return fragments
  }

  /// Only white space and comments are left where there is no first word.
  private func isBlank(_ index: Int) -> Bool {
    switch bytes[index] {
    case 0x09...0x0D, 0x20: true
    case UInt8(ascii: "-"): index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "-")
    case UInt8(ascii: "/"): index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "*")
    default: false
    }
  }

  private func read(_ range: Range<Int>) -> SourceFragment {
    let first = firstWord(from: range.lowerBound, to: range.upperBound)
    if first < range.upperBound, bytes[first] == UInt8(ascii: "\\") {
      let problem = ("only psql knows commands that begin with a backslash", first)
      return SourceFragment(range: range, problem: problem)
    }
    do throws(SQLTextError) {
      return SourceFragment(range: range, parsed: try ParsedSQL(bytes: bytes[range]))
    } catch {
      var offset = first
      if case .syntax(_, let place) = error { offset = max(first, range.lowerBound + place) }
      return SourceFragment(range: range, problem: (error.message, offset))
    }
  }

  private func endOfStatement(from start: Int) -> Int {
    var scanner = RegionScanner(bytes: bytes, in: start..<bytes.count)
    var depth = 0
    while let (region, place) = scanner.next() {
      guard region == .code else { continue }
      switch bytes[place.lowerBound] {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth = max(depth - 1, 0)
      case UInt8(ascii: ";") where depth == 0: return place.lowerBound
      default: break
      }
    }
    return bytes.count
  }

  private func endOfLine(_ start: Int) -> Int {
    bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
  }

  private func isCopyFromInput(_ fragment: SourceFragment) -> Bool {
    guard let statement = fragment.parsed?.statements.first, statement.kind == "CopyStmt" else {
      return false
    }
    return statement.node["is_from"] != nil && statement.node["filename"] == nil
  }

  /// The end of the rows behind a COPY … FROM STDIN: a line of `\.` only.
  private func endOfData(from start: Int) -> Int {
    var line = endOfLine(start) + 1
    while line < bytes.count {
      let end = endOfLine(line)
      let text = bytes[line..<end]
      if text.elementsEqual("\\.".utf8) || text.elementsEqual("\\.\r".utf8) { return end }
      line = end + 1
    }
    return start
  }
}
