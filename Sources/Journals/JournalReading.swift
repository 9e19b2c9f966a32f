private import Values

/// What a journal's bytes say, as far as the chain holds.
package struct JournalReading: Sendable {
  package private(set) var records: [JournalRecord] = []
  /// The hash of the last good record.
  package private(set) var head: String
  /// How many bytes are good; what follows is a torn tail.
  package private(set) var goodLength = 0
  package private(set) var tail: [UInt8] = []
  /// After how many records the journal had each of the heads that were asked for.
  package private(set) var heads: [String: Int] = [:]

  /// Verifies every record.
  ///
  /// What a crash can leave behind is a tail that is no whole line: it is set apart. A whole line
  /// that does not continue the chain, or one that stands behind a broken one, was not left by a
  /// crash.
  ///
  /// - Throws: `doesNotVerify` with the number of the first record that is not what was written.
  package init(
    _ bytes: [UInt8],
    runID: String,
    path: String,
    watching wanted: Set<String> = []
  ) throws(JournalError) {
    var chain = try Chain(runID: runID)
    var offset = 0
    while offset < bytes.count {
      guard let end = bytes[offset...].firstIndex(of: 0x0A),
        let line = Chain.Line(bytes[offset..<end])
      else {
        guard !Self.hasLine(bytes[offset...]) else {
          throw .doesNotVerify(path: path, record: records.count)
        }
        break
      }
      guard line.record.sequence == records.count, try chain.accept(line) else {
        throw .doesNotVerify(path: path, record: records.count)
      }
      records.append(line.record)
      if !wanted.isEmpty, wanted.contains(chain.head) { heads[chain.head] = records.count }
      offset = end + 1
    }
    head = chain.head
    goodLength = offset
    tail = Array(bytes[offset...])
  }

  private static func hasLine(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    while let end = rest.firstIndex(of: 0x0A) {
      if Self.endsInLine(rest[..<end]) { return true }
      rest = rest[(end + 1)...]
    }
    return false
  }

  /// Also finds a line whose beginning is glued to what was torn.
  private static func endsInLine(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    while let start = rest.firstIndex(of: UInt8(ascii: "{")) {
      if Chain.Line(rest[start...]) != nil { return true }
      rest = rest[(start + 1)...]
    }
    return false
  }

  // MARK: - What the records mean

  /// The effects that were begun and whose end is not recorded, by their place, oldest first.
  package var inDoubt: [JournalRecord] {
    var open: [JournalRecord] = []
    for record in records {
      let path = record["path"]?.stringValue
      switch record.kind {
      case .intent: open.append(record)
      case .outcome where record["outcome"] != "unknown":
        open.removeAll { $0["path"]?.stringValue == path }
      case .probe where record["answer"] != "unknown" && record["answer"] != "partly done":
        open.removeAll { $0["path"]?.stringValue == path }
      case .decision: open.removeAll { $0["path"]?.stringValue == path }
      default: continue
      }
    }
    return open
  }

  /// Says that a `finally` is owed that did not come.
  package var owesFinally: Bool {
    let last = records.last { $0.kind == .finallyOwed || $0.kind == .runFinished }
    return last?.kind == .finallyOwed
  }

  /// How the run ended; nothing where it did not, or goes on again.
  package var finished: JournalRecord? {
    let last = records.last { [.runFinished, .runResumed, .runPaused].contains($0.kind) }
    return last?.kind == .runFinished ? last : nil
  }
}
