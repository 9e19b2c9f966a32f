/// Going back and forth through the history while a draft is kept.
struct HistoryWalk {
  private let entries: [String]
  /// Where we are; behind the last entry is the draft.
  private var position: Int
  private var draft = ""

  init(_ entries: [String]) {
    self.entries = entries
    position = entries.count
  }

  /// The entry before, which differs from what is shown; nothing at the beginning.
  mutating func previous(from shown: String) -> String? {
    if position == entries.count { draft = shown }
    var candidate = position
    while candidate > 0 {
      candidate -= 1
      guard entries[candidate] != shown else { continue }
      position = candidate
      return entries[candidate]
    }
    return nil
  }

  /// The entry after, or the draft; nothing if that is what is shown.
  mutating func next(from shown: String) -> String? {
    while position < entries.count {
      position += 1
      let text = position == entries.count ? draft : entries[position]
      if text != shown || position == entries.count { return text }
    }
    return nil
  }
}
