internal import Values

/// Waiting sessions in the order of a tree: each blocker, and below it what waits for it.
struct LockTree {
  private let sessions: [Int64: Record]
  private var waiters: [Int64: [Int64]] = [:]
  private(set) var rows: [Record] = []

  /// - Parameter sessions: records with `depth`, `pid`, `blocked_by` and `blocked_count`.
  init(_ sessions: [Record]) {
    self.sessions = Dictionary(
      sessions.compactMap { row in row["pid"]?.asInt.map { ($0, row) } },
      uniquingKeysWith: { first, _ in first }
    )
    for (pid, row) in self.sessions {
      for blocker in Self.blockers(of: row) { waiters[blocker, default: []].append(pid) }
    }
    // Roots first; who is left after that waits in a circle, which the server will break.
    let roots = self.sessions.filter { Self.blockers(of: $0.value).isEmpty }.map(\.key)
    var shown: Set<Int64> = []
    for pid in sorted(roots) + sorted(Array(self.sessions.keys)) { add(pid, 0, &shown) }
  }

  private static func blockers(of row: Record) -> [Int64] {
    row["blocked_by"]?.elements?.compactMap(\.asInt) ?? []
  }

  private mutating func add(_ root: Int64, _ depth: Int64, _ shown: inout Set<Int64>) {
    var open = [(root, depth)]
    while let (pid, depth) = open.popLast() {
      guard shown.insert(pid).inserted, var row = sessions[pid] else { continue }
      set("depth", depth, in: &row)
      set("blocked_count", Int64(behind(pid).count), in: &row)
      rows.append(row)
      for waiter in sorted(waiters[pid] ?? []).reversed() { open.append((waiter, depth + 1)) }
    }
  }

  private func set(_ name: String, _ number: Int64, in row: inout Record) {
    if let index = row.shape.index(of: name) { row.cells[index] = .int(number) }
  }

  /// Everybody who waits for a session, directly or not.
  private func behind(_ pid: Int64) -> Set<Int64> {
    var found: Set<Int64> = []
    var open = waiters[pid] ?? []
    while let next = open.popLast() {
      if next != pid, found.insert(next).inserted { open += waiters[next] ?? [] }
    }
    return found
  }

  /// Those who hold up the most come first.
  private func sorted(_ pids: [Int64]) -> [Int64] {
    let counts = Dictionary(
      pids.map { pid in (pid, behind(pid).count) },
      uniquingKeysWith: { first, _ in first }
    )
    return pids.sorted { left, right in
      let (leftCount, rightCount) = (counts[left] ?? 0, counts[right] ?? 0)
      return leftCount == rightCount ? left < right : leftCount > rightCount
    }
  }
}
