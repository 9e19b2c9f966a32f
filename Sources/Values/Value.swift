/// What the language computes with.
///
/// Small on purpose: every payload is a word or two, so that a million of them is nothing.
package enum Value: Sendable {
  case nothing
  case bool(Bool)
  case int(Int64)
  case number(Double)
  /// In percent: `5%` is 5.
  case percent(Double)
  case text(String)
  case duration(TimeSpan)
  /// Bytes.
  case size(Int64)
  case time(Time)
  case list([Value])
  /// The whole numbers from the first to the second, both included; empty if the first is larger.
  case range(Int64, Int64)
  case record(Record)
  case sql(SQLTemplate)
  case secret(Secret)
  /// Rows that arrive one by one and can be read once.
  case stream(any ValueStream)
  case object(any ObjectReference)
  case plan(any PlanReference)
  /// In a walk: what is not known until something was done.
  case pending(Pending)
}

/// An object of the operated stack, as the values see it; `Objects.ObjectValue` is the one type.
package protocol ObjectReference: AnyObject, Sendable {
  /// The kind's name, such as `deployment`.
  var kindName: String { get }
  /// What tells it from others of its kind: an id, or a name that is unique.
  var identity: String { get }
  /// The members people see without asking further, in order; made without any request.
  var summaryRecord: Record { get }
}

/// What would be done, as the values see it; `Objects.Plan` is the one type.
package protocol PlanReference: AnyObject, Sendable {
  /// One line that says what it would do, to what.
  var summary: String { get }
}

/// A value that a walk can not know, named by the place it will come from.
package final class Pending: Sendable {
  /// Such as `copy, line 33`; shown as `‹copy, line 33›`.
  package let place: String
  /// What it will be, where that is declared.
  package let type: ValueType

  package init(place: String, type: ValueType) {
    self.place = place
    self.type = type
  }
}

/// Rows that arrive one by one; read by one reader, once.
///
/// A stream is handed from thread to thread but never read by two at a time.
package protocol ValueStream: AnyObject, Sendable {
  /// Gives the next row, or nothing at the end.
  func next() throws(Failure) -> Value?

  /// Says that no more rows are wanted: what produces them is stopped at its source.
  func cancel()

  /// Writes all rows that are left as the bytes of `psql --csv` (with a header), a chunk at a time,
  /// where the source can do so without making values; gives `false` if it can not.
  func writeCSV(to write: ([UInt8]) throws(Failure) -> Void) throws(Failure) -> Bool

  /// The columns' names, where the source knows them before the first row.
  var columnNames: [String]? { get }
}

extension ValueStream {
  package func cancel() {}
  package func writeCSV(to write: ([UInt8]) throws(Failure) -> Void) throws(Failure) -> Bool {
    false
  }
  package var columnNames: [String]? { nil }
}
