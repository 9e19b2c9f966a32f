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

  package let runID: String
  package let chain: Chain
  /// The anchors whose head is, or is not, one of the chain's.
  package let confirming: [Anchor]
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
      reading = try store.read(id: id)
    } catch .doesNotVerify(_, let record) {
      chain = .doesNotMatch(record: record)
      confirming = []
      contradicting = []
      return
    }
    chain = .holds(
      records: reading.records.count,
      head: reading.head,
      tornBytes: reading.tail.count
    )
    let heads = try Self.heads(of: reading, runID: id)
    confirming = anchors.filter { heads.contains($0.head) }
    contradicting = anchors.filter { !heads.contains($0.head) }
  }

  /// Every head that the journal ever had.
  private static func heads(
    of reading: JournalReading,
    runID: String
  ) throws(JournalError) -> Set<String> {
    var chain = try Journals.Chain(runID: runID)
    var heads: Set<String> = []
    for record in reading.records {
      _ = try chain.append(record.json)
      heads.insert(chain.head)
    }
    return heads
  }

  /// The failure that this comes to; nothing if nothing speaks against the journal.
  package var failure: Failure? {
    if case .doesNotMatch(let record) = chain {
      return Failure(
        .journal,
        "the journal of \(runID) does not verify: record \(record) is not what was written",
        advice: ["what it says from there on is not evidence; resume is refused"]
      )
    }
    guard let anchor = contradicting.first else { return nil }
    return Failure(
      .journal,
      "the journal of \(runID) does not match its anchor: \(anchor.place) has the head"
        + " \(anchor.head), which it never had",
      advice: ["the journal was rewritten or shortened after that head was told"]
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
    for anchor in confirming {
      lines.append(StyledText("anchored: \(anchor.place) has the head \(anchor.head)", .green))
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
