/// How much is known of a backup, by name; each level holds what those below it hold.
package enum TrustLevel: String, Sendable, CaseIterable, Comparable {
  /// Something of it is missing or has another size: it is of no use as it is.
  case damaged
  /// Its files are there with the sizes that its manifest names.
  case present
  /// Every byte is the one that was written, and the archive was read to its end.
  case readable
  /// It was restored into a server of its own, without an error.
  case restorable
  /// What was restored has the rows and the checksums of the database it was taken from.
  case compared

  /// The levels that a person can ask for.
  package static let provable: [TrustLevel] = [.present, .readable, .restorable, .compared]

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  package static func < (left: TrustLevel, right: TrustLevel) -> Bool { left.rank < right.rank }
}
