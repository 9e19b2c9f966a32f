internal import Values

/// What other people said yes to in one step, as the record of the run has it.
///
/// A step that broke off half done has less left to do than what they were shown. Their yes still
/// stands for that, as long as all of it was shown to them; never for anything else.
struct ApprovedContent {
  /// The hash that they said yes to.
  let shown: String
  private let leaves: [JSON]

  /// Nothing where the record does not keep exactly what the hash stands for.
  init?(_ record: JSON?, shown: String?) {
    guard let record, let shown, (try? PlanHash.hash(record)) == shown else { return nil }
    self.shown = shown
    leaves = Self.leaves(record)
  }

  /// Says that what is left is a part of it, in the same order.
  func covers(_ left: JSON) -> Bool {
    // The record is canonical: its members stand in that order.
    guard let left = try? JSON.parse(left.bytes(isCanonical: true)) else { return false }
    var rest = leaves[...]
    for leaf in Self.leaves(left) {
      guard let index = rest.firstIndex(where: { Coverage.fits($0, leaf) }) else { return false }
      rest = rest[(index + 1)...]
    }
    return true
  }

  /// What is done, asked or looked at, without the steps and branches that it stands in.
  private static func leaves(_ content: JSON) -> [JSON] {
    guard case .array(let items) = content else { return [content] }
    return items.flatMap { item -> [JSON] in
      let inner = item["walk"].map(leaves) ?? []
      if let call = item["call"] { return [["call": call]] + inner }
      return item["walk"] == nil ? [item] : inner
    }
  }
}
