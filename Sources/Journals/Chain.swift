package import Values

/// The hashes that tie each record to all before it.
///
/// A line is the record's canonical JSON, a space, and the hex of
/// `SHA256(previous hash in hex ‖ newline ‖ JSON)`.
package struct Chain: Sendable {
  package static let format = "opsh journal 1"

  /// The newest hash in hex.
  package private(set) var head: String

  /// Begins with the hash over the format's name and the run's id.
  package init(runID: String) throws(JournalError) {
    head = try SHA256.hex(of: Self.format + "\n" + runID)
  }

  /// Goes on behind a hash that was verified.
  init(head: String) {
    self.head = head
  }

  /// Gives the line of a record, its newline included, and moves on.
  package mutating func append(_ record: JSON) throws(JournalError) -> [UInt8] {
    let body = record.bytes(isCanonical: true)
    head = try Self.hash(after: head, body)
    return body + [0x20] + Array(head.utf8) + [0x0A]
  }

  /// Moves on over a line that was read; false if it does not continue the chain.
  package mutating func accept(_ line: Line) throws(JournalError) -> Bool {
    guard try Self.hash(after: head, line.body) == line.hash else { return false }
    head = line.hash
    return true
  }

  private static func hash(after head: String, _ body: [UInt8]) throws(JournalError) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(head.utf8.count + 1 + body.count)
    bytes += head.utf8
    bytes.append(0x0A)
    bytes += body
    return try SHA256.hex(of: bytes)
  }

  /// A line in its two parts.
  package struct Line: Sendable {
    package let body: [UInt8]
    package let hash: String
    package let record: JournalRecord

    /// Nothing if the bytes (without their newline) are no line of a journal.
    package init?(_ bytes: ArraySlice<UInt8>) {
      let space = bytes.endIndex - 65
      guard space > bytes.startIndex, bytes[space] == 0x20 else { return nil }
      let digits = bytes[(space + 1)...]
      guard digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
        return nil
      }
      body = Array(bytes[..<space])
      hash = String(decoding: digits, as: UTF8.self)
      guard let json = try? JSON.parse(body), let record = JournalRecord(json) else { return nil }
      self.record = record
    }
  }
}
