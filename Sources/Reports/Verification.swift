package import Journals
package import Sinks
package import Values

/// Whether a run's journal is what was written, as far as that can be told.
package struct Verification: Sendable {
  /// A head that was told to somebody else: a marker row, a chat message, a printed line.
  package struct Anchor: Hashable, Sendable {
    /// Where it stands, such as `the marker row in production`.
    package let place: String
    package let head: String

    package init(place: String, head: String) {
      self.place = place
      self.head = head
    }
  }

  package enum Chain: Hashable, Sendable {
    case holds(records: Int, head: String, tornBytes: Int)
    /// The first record that is not what was written, from 0.
    case doesNotMatch(record: Int)
  }

  /// An anchor whose head the journal had.
  package struct Confirmation: Hashable, Sendable {
    package let anchor: Anchor
    /// How many records, from the first, it stands for.
    package let records: Int
  }

  package let runID: String
  package let chain: Chain
  /// The anchors whose head is, or is not, one of the chain's.
  package let confirming: [Confirmation]
  package let contradicting: [Anchor]

  /// Verifies a run's journal against the anchors that could be reached.
  ///
  /// An anchor may be older than the journal's end: it then confirms what was written up to it.
  ///
  /// - Throws: what reading the journal throws, but for a record that does not match.
  package init(
    of id: String,
    in store: RunStore,
    anchors: [Anchor] = []
  ) throws(JournalError) {
    runID = id
    let reading: JournalReading
    do throws(JournalError) {
      reading = try store.read(id: id, watching: Set(anchors.map(\.head)))
    } catch .doesNotVerify(_, let record) {
      chain = .doesNotMatch(record: record)
      confirming = []
      contradicting = []
      return
    }
    guard !Self.isNoTornWrite(reading.tail, at: reading.goodLength) else {
      chain = .doesNotMatch(record: reading.records.count)
      confirming = []
      contradicting = []
      return
    }
    chain = .holds(
      records: reading.records.count,
      head: reading.head,
      tornBytes: reading.tail.count
    )
    confirming = anchors.compactMap { anchor in
      reading.heads[anchor.head].map { Confirmation(anchor: anchor, records: $0) }
    }
    contradicting = anchors.filter { reading.heads[$0.head] == nil }
  }

  /// Says that what stands behind the last record is more than the beginning of one.
  ///
  /// A crash leaves a line without its end, or with zeros where a sector never came. Going on cuts off
  /// anything else as well; but as evidence it counts as changed.
  private static func isNoTornWrite(_ tail: [UInt8], at offset: Int) -> Bool {
    guard let last = tail.last, !hasLostSector(tail, at: offset) else { return false }
    return last == 0x0A || Journals.Chain.Line(tail.dropLast()) != nil
  }

  /// Zeros that begin and end where sectors do, or the tail itself.
  private static func hasLostSector(_ tail: [UInt8], at offset: Int) -> Bool {
    let sector = 512
    var index = 0
    while let start = tail[index...].firstIndex(of: 0) {
      let end = tail[start...].firstIndex { $0 != 0 } ?? tail.endIndex
      let begins = start == 0 || (offset + start) % sector == 0
      if begins, end == tail.endIndex || (offset + end) % sector == 0 { return true }
      index = end
    }
    return false
  }

  /// The failure that this comes to; nothing if nothing speaks against the journal.
  package var failure: Failure? {
    if case .doesNotMatch(let record) = chain {
      return Failure(
        .journal,
        "the journal of \(runID) does not verify: record \(record) is not what was written",
        advice: [
          "what it says from there on is not evidence"
            + (runID.hasPrefix(IncidentID.prefix) ? "" : "; resume is refused")
        ]
      )
    }
    guard let anchor = contradicting.first else { return nil }
    return Failure(
      .journal,
      "the journal of \(runID) does not match its anchor: \(anchor.place) has the head"
        + " \(anchor.head), which it never had",
      advice: [
        "it was rewritten or shortened after that head was told, or the head is another run's",
        "what it says is not evidence",
      ]
    )
  }

  /// What is known, a line each; never says "verified" where there is no anchor.
  package var lines: [StyledText] {
    guard case .holds(let records, let head, let tornBytes) = chain else { return [] }
    var lines: [StyledText] = [
      StyledText("chain ok: \(records) records, each continues the one before it", .green),
      StyledText("head      \(head)"),
    ]
    if tornBytes > 0 {
      lines.append(
        StyledText("\(tornBytes) bytes at its end are torn, as a crash leaves them", .yellow)
      )
    }
    for confirmation in confirming {
      let anchor = confirmation.anchor
      let part =
        confirmation.records == records
        ? "anchored" : "anchored up to record \(confirmation.records) of \(records)"
      lines.append(StyledText("\(part): \(anchor.place) has the head \(anchor.head)", .green))
    }
    let anchored = confirming.map(\.records).max() ?? 0
    if anchored > 0, anchored < records {
      lines.append(
        StyledText(
          "not anchored: the \(records - anchored) behind it, which nothing else confirms",
          .yellow
        )
      )
    }
    if confirming.isEmpty, contradicting.isEmpty {
      lines.append(
        StyledText(
          "not anchored: nothing outside of this journal confirms it, so one that was rewritten as"
            + " a whole would look the same",
          .yellow
        )
      )
    }
    return lines
  }
}
