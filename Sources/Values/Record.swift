/// Named fields in order.
package struct Record: Sendable {
  package let shape: RecordShape
  package var cells: [Value]

  /// Makes a record of a shape that many share.
  ///
  /// - Precondition: as many cells as the shape has names.
  package init(shape: RecordShape, cells: [Value]) {
    precondition(shape.names.count == cells.count, "a record needs a cell for each name")
    self.shape = shape
    self.cells = cells
  }

  package init(_ fields: KeyValuePairs<String, Value>) {
    self.init(shape: RecordShape(fields.map(\.key)), cells: fields.map(\.value))
  }

  package init(fields: [(name: String, value: Value)]) {
    self.init(shape: RecordShape(fields.map(\.name)), cells: fields.map(\.value))
  }

  package var names: [String] { shape.names }

  package subscript(_ name: String) -> Value? {
    shape.index(of: name).map { cells[$0] }
  }
}

/// The names that records of one origin share.
package final class RecordShape: Sendable {
  package let names: [String]
  private let indices: [String: Int]?

  package init(_ names: [String]) {
    self.names = names
    // Below this a walk over the names is quicker than a hash.
    indices =
      names.count > 8
      ? Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      : nil
  }

  package func index(of name: String) -> Int? {
    guard let indices else { return names.firstIndex(of: name) }
    return indices[name]
  }
}
