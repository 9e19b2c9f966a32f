import Synchronization
import Values

/// A stream of rows that says what became of it.
final class TestStream: ValueStream {
  private let rows: Mutex<[Result<Value, Failure>]>
  private let cancelled = Mutex(false)
  let columnNames: [String]?
  private let csv: [String]?

  init(_ rows: [Result<Value, Failure>], columnNames: [String]? = nil, csv: [String]? = nil) {
    self.rows = Mutex(rows.reversed())
    self.columnNames = columnNames
    self.csv = csv
  }

  convenience init(_ rows: [Value], columnNames: [String]? = nil) {
    self.init(rows.map { .success($0) }, columnNames: columnNames)
  }

  var isCancelled: Bool { cancelled.withLock { $0 } }
  var rowsLeft: Int { rows.withLock { $0.count } }

  func next() throws(Failure) -> Value? {
    try rows.withLock { $0.popLast() }?.get()
  }

  func cancel() { cancelled.withLock { $0 = true } }

  func writeCSV(to write: ([UInt8]) throws(Failure) -> Void) throws(Failure) -> Bool {
    guard let csv else { return false }
    for chunk in csv { try write(Array(chunk.utf8)) }
    return true
  }
}

/// As many rows as wanted, made as they are asked for.
final class CountingStream: ValueStream {
  private let count: Int
  private let made = Mutex(0)

  init(_ count: Int) {
    self.count = count
  }

  var rowsMade: Int { made.withLock { $0 } }

  func next() throws(Failure) -> Value? {
    let index = made.withLock { made in
      made += 1
      return made
    }
    return index > count ? nil : .record(Record(["id": .int(Int64(index))]))
  }
}
