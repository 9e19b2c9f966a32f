/// The one speller behind every "did you mean".
package enum Spelling {
  /// Gives the candidate nearest to a misspelt name, or nothing if none is near enough.
  ///
  /// The distance counts insertions, deletions, replacements and swaps of neighbours (optimal string
  /// alignment). A candidate is near enough at a third of the longer name's length, and at 1 for names
  /// of two letters or more. Of equals, the one that shares the longer prefix and then comes first.
  package static func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.utf8)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    var best: (name: String, distance: Int, prefix: Int)?
    for candidate in candidates where candidate != name {
      let other = Array(candidate.utf8)
      let limit = max(1, max(wanted.count, other.count) / 3)
      guard abs(other.count - wanted.count) <= limit, other.count <= 64 else { continue }
      let distance = distance(wanted, other)
      guard distance <= limit else { continue }
      let prefix = zip(wanted, other).prefix { $0 == $1 }.count
      guard let found = best else {
        best = (candidate, distance, prefix)
        continue
      }
      if (distance, -prefix, candidate) < (found.distance, -found.prefix, found.name) {
        best = (candidate, distance, prefix)
      }
    }
    return best?.name
  }

  /// Counts the edits between two names, case differences counting as one edit each.
  package static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, a) in left.enumerated() {
      var current = [row + 1]
      current.reserveCapacity(right.count + 1)
      for (column, b) in right.enumerated() {
        var cost = min(
          last[column + 1] + 1,
          current[column] + 1,
          last[column] + (a == b ? 0 : 1)
        )
        if row > 0, column > 0, a == right[column - 1], left[row - 1] == b {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
