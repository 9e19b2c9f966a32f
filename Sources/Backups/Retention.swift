/// Which backups go when there are more than are to be kept.
package enum Retention {
  /// One backup, as far as it matters here.
  package struct Entry: Hashable, Sendable {
    package var name: String
    /// Larger is later.
    package var taken: Int64
    package var level: TrustLevel

    package init(name: String, taken: Int64, level: TrustLevel) {
      self.name = name
      self.taken = taken
      self.level = level
    }
  }

  /// The names that go, oldest first.
  ///
  /// The newest `keep` stay. So does the newest of those that were proved best, however old it is:
  /// what is newer may be of no use, and nobody would know before it is needed. A damaged one counts
  /// for nothing: it neither takes a place nor goes by itself, since a person has to look at it.
  package static func excess(_ entries: [Entry], keep: Int) -> [String] {
    let sound = entries.filter { $0.level > .damaged }
      .sorted { ($0.taken, $0.name) > ($1.taken, $1.name) }
    let best = sound.map(\.level).max()
    let proved = sound.first { $0.level == best }
    return sound.dropFirst(max(1, keep)).filter { $0 != proved }.reversed().map(\.name)
  }
}
