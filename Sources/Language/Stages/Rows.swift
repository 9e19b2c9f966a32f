import Diagnostics
import Objects
import Values

/// Rows that are pulled one by one through the stages of a pipeline.
class RowSource {
  func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? { nil }

  /// Says that no more rows are wanted.
  func cancel() {}
}

final class ListRows: RowSource {
  private let values: [Value]
  private var index = 0

  init(_ values: [Value]) {
    self.values = values
  }

  override func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? {
    guard index < values.count else { return nil }
    index += 1
    if index & 1023 == 0 { try frame.checkCancellation() }
    return values[index - 1]
  }
}

final class RangeRows: RowSource {
  private var current: Int64
  private let last: Int64
  private var isAtEnd: Bool

  init(_ first: Int64, _ last: Int64) {
    current = first
    self.last = last
    isAtEnd = first > last
  }

  override func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? {
    guard !isAtEnd else { return nil }
    let value = current
    if current == last { isAtEnd = true } else { current += 1 }
    if value & 1023 == 0 { try frame.checkCancellation() }
    return .int(value)
  }
}

final class StreamRows: RowSource {
  private let stream: any ValueStream
  private let span: SourceSpan?
  private var count = 0

  init(_ stream: any ValueStream, span: SourceSpan?) {
    self.stream = stream
    self.span = span
  }

  override func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? {
    if let pipeline = stream as? PipelineStream { return try pipeline.nextRow() }
    count += 1
    if count & 1023 == 0 { try frame.checkCancellation() }
    do throws(Failure) {
      return try stream.next()
    } catch {
      var failure = PlacedFailure(error)
      failure.span = span
      throw failure
    }
  }

  override func cancel() { stream.cancel() }
}

/// The rows of a pipeline as a value: they are made as they are read.
///
/// `@unchecked Sendable` as every ``ValueStream``: one reader, one thread at a time.
final class PipelineStream: ValueStream, @unchecked Sendable {
  private let rows: RowSource
  private var frame: Frame
  /// Where the failure happened that ``next()`` threw.
  private(set) var failure: PlacedFailure?

  init(_ rows: RowSource, frame: Frame) {
    self.rows = rows
    self.frame = frame
  }

  func nextRow() throws(PlacedFailure) -> Value? {
    do throws(PlacedFailure) {
      return try rows.next(&frame)
    } catch {
      rows.cancel()
      throw error.placed(at: frame.place())
    }
  }

  func next() throws(Failure) -> Value? {
    do throws(PlacedFailure) {
      return try nextRow()
    } catch {
      failure = error
      throw error.failure
    }
  }

  func cancel() { rows.cancel() }
}

enum Rows {
  /// Gives the rows of a value that is a list: also of a collection, as its elements.
  static func open(_ value: Value, span: SourceSpan, _ frame: inout Frame) throws(PlacedFailure)
    -> RowSource
  {
    switch value {
    case .list(let values): return ListRows(values)
    case .range(let low, let high): return RangeRows(low, high)
    case .stream(let stream): return StreamRows(stream, span: span)
    case .object(let reference):
      guard let object = reference as? ObjectValue, let elements = object.kind.elements else {
        break
      }
      let context = frame.callContext()
      let all: Value
      do throws(Failure) {
        all = try object.read(elements.name, in: context)
      } catch {
        throw PlacedFailure(error, span: span)
      }
      if case .object = all { break }
      return try open(all, span: span, &frame)
    default: break
    }
    if case .nothing = value {
      throw PlacedFailure(.isNothing(what: "'\(frame.text(of: span))'"), span: span)
    }
    throw frame.wrong(
      .wrongType(what: "'\(frame.text(of: span))'", needed: "a list", actual: value),
      value,
      span
    )
  }

  static func list(of value: Value, span: SourceSpan, _ frame: inout Frame) throws(PlacedFailure)
    -> [Value]
  {
    if case .list(let values) = value { return values }
    return try all(of: open(value, span: span, &frame), &frame)
  }

  static func all(of rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> [Value] {
    var values: [Value] = []
    do throws(PlacedFailure) {
      while let row = try rows.next(&frame) { values.append(row) }
    } catch {
      rows.cancel()
      throw error
    }
    return values
  }
}
