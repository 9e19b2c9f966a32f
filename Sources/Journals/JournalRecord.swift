package import Values

/// One line of a journal.
package struct JournalRecord: Hashable, Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case runCreated = "run.created"
    /// Goes on after an interruption, with who and why.
    case runResumed = "run.resumed"
    case targetAttested = "target.attested"
    case lockAcquired = "lock.acquired"
    case lockLost = "lock.lost"
    case lockReleased = "lock.released"
    case stepStarted = "step.started"
    case stepFinished = "step.finished"
    case promptShown = "prompt.shown"
    case promptAnswered = "prompt.answered"
    case read, bound, checked, intent, output, outcome, probe, verified, skipped, undone, decision
    case note
    /// Which way an `if` went, what a loop went over, what a `try` caught.
    case chosen, looped, caught
    case finallyOwed = "finally.owed"
    case clockJump = "clock.jump"
    case journalRecovered = "journal.recovered"
    case runPaused = "run.paused"
    case runFinished = "run.finished"
    case incidentOpened = "incident.opened"
    case incidentUpdated = "incident.updated"
    case incidentClosed = "incident.closed"
  }

  /// Counts from 0; the order of records is this number.
  package var sequence: Int
  package var kind: Kind
  /// The wall clock, only for showing.
  package var at: Time
  /// The monotonic clock in microseconds; only differences within one process mean something.
  package var monotonic: Int64
  package var fields: [JSON.Member]

  package init(
    sequence: Int,
    kind: Kind,
    at: Time,
    monotonic: Int64,
    fields: [JSON.Member]
  ) {
    self.sequence = sequence
    self.kind = kind
    self.at = at
    self.monotonic = monotonic
    self.fields = fields
  }

  package subscript(_ name: String) -> JSON? {
    fields.first { $0.name == name }?.value
  }

  package var json: JSON {
    .object(
      [
        .init("at", .string(at.text)), .init("kind", .string(kind.rawValue)),
        .init("mono", .int(monotonic)), .init("n", .int(Int64(sequence))),
      ] + fields
    )
  }

  /// Nothing if the JSON is no record.
  package init?(_ json: JSON) {
    guard let members = json.objectValue, let sequence = json["n"]?.intValue,
      let kind = (json["kind"]?.stringValue).flatMap(Kind.init),
      let at = (json["at"]?.stringValue).flatMap({ Time($0) }),
      let monotonic = json["mono"]?.intValue
    else { return nil }
    self.init(
      sequence: Int(clamping: sequence),
      kind: kind,
      at: at,
      monotonic: monotonic,
      fields: members.filter { member in
        switch member.name {
        case "at", "kind", "mono", "n": false
        default: true
        }
      }
    )
  }

  /// Bytes as a record holds them: as text, or if they are not UTF-8 as marked base64.
  package static func json(of bytes: [UInt8]) -> JSON {
    if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
    return ["base64": .string(base64(bytes))]
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let piece = bytes[start..<min(start + 3, bytes.count)]
      var word: UInt32 = 0
      for index in 0..<3 {
        word = word << 8 | (index < piece.count ? UInt32(piece[start + index]) : 0)
      }
      for index in 0..<4 {
        let digit = alphabet[Int(word >> UInt32(18 - 6 * index) & 63)]
        text.append(index <= piece.count ? digit : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
