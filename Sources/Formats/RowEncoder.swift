internal import Values

/// Turns rows into the bytes of one format.
protocol RowEncoder {
  /// Takes a row; may keep it for a while.
  mutating func add(_ row: Value, to bytes: inout [UInt8]) throws(Failure)
  /// Writes what is left: there are no more rows.
  mutating func finish(to bytes: inout [UInt8]) throws(Failure)
  /// Writes the rows that were kept, without claiming that they are all.
  mutating func abandon(to bytes: inout [UInt8])
}

extension RowEncoder {
  mutating func finish(to bytes: inout [UInt8]) throws(Failure) {}
  mutating func abandon(to bytes: inout [UInt8]) {}
}

/// Collects bytes until they are worth a write.
struct ChunkedOutput {
  private static let chunk = 32_768
  /// Rows that come slower than this, in microseconds, are written one by one.
  private static let patience: Int64 = 100_000

  /// Writes each row as soon as it is there, for a person who watches.
  let isEager: Bool
  var bytes: [UInt8] = []
  private var lastWrite = Time.monotonicMicroseconds()

  init(isEager: Bool) {
    self.isEager = isEager
  }

  var isDue: Bool {
    guard !bytes.isEmpty else { return false }
    return isEager || bytes.count >= Self.chunk
      || Time.monotonicMicroseconds() - lastWrite >= Self.patience
  }

  mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    lastWrite = Time.monotonicMicroseconds()
  }
}
