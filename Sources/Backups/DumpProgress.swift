/// How far `pg_dump` or `pg_restore` is, by the lines that it prints with `--verbose`.
package struct DumpProgress: Hashable, Sendable {
  private let isParallel: Bool
  /// Tables whose data are through.
  package private(set) var tablesDone = 0
  /// The table whose data went last; nothing before the first.
  package private(set) var current: String?

  /// - Parameter isParallel: it works with several jobs, and then says when a table has ended.
  package init(isParallel: Bool) {
    self.isParallel = isParallel
  }

  /// Takes a line of its standard error, in English.
  package mutating func take(_ line: some StringProtocol) {
    guard let start = line.firstIndex(of: ":") else { return }
    let text = line[line.index(after: start)...].trimmed
    for beginning in ["dumping contents of table ", "processing data for table "]
    where text.hasPrefix(beginning) {
      if !isParallel, current != nil { tablesDone += 1 }
      current = text.dropFirst(beginning.count).trimmed.filter { $0 != "\"" }
      return
    }
    if isParallel, text.hasPrefix("finished item "), text.contains(" TABLE DATA ") {
      tablesDone += 1
    }
  }

  /// The program ended well: the last one is through, too.
  package mutating func end() {
    if !isParallel, current != nil { tablesDone += 1 }
    current = nil
  }
}
