internal import Objects
internal import Postgres
internal import Values

/// How far a change in batches is; it stands in the path of its marker and is committed with a batch.
struct BatchState: Sendable, Equatable {
  /// Batches that are committed.
  var batches: Int64
  /// Rows that they changed.
  var rows: Int64
  /// Rows that matched before the first one.
  let total: Int64
  /// The key of the last row that is done.
  var after: [String]?
  /// The highest key that there was at the beginning.
  let upto: [String]

  var json: JSON {
    var members: [JSON.Member] = [
      .init("batches", .int(batches)), .init("rows", .int(rows)), .init("total", .int(total)),
      .init("upto", .array(upto.map { .string($0) })),
    ]
    if let after { members.append(.init("after", .array(after.map { .string($0) }))) }
    return .object(members)
  }

  init(total: Int64, upto: [String]) {
    batches = 0
    rows = 0
    self.total = total
    self.upto = upto
  }

  init?(_ json: JSON) {
    guard let batches = json["batches"]?.intValue, let rows = json["rows"]?.intValue,
      let total = json["total"]?.intValue, let upto = json["upto"]?.arrayValue
    else { return nil }
    self.batches = batches
    self.rows = rows
    self.total = total
    self.upto = upto.compactMap(\.stringValue)
    after = json["after"]?.arrayValue?.compactMap(\.stringValue)
  }
}

/// The markers of a change in batches: who began it, how far it is, and at its end the usual one.
///
/// Whoever wants to do the next batch holds the row that says how far it is: what another did in
/// between moved that row on, so that no batch is done twice.
struct BatchMarker: Sendable {
  let run: String
  let path: String

  init(_ key: String) {
    let parts = key.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    run = String(parts.first ?? "")
    path = parts.count > 1 ? String(parts[1]) : ""
  }

  private static let word = "#batches"

  /// One row for ever: of two attempts only one begins.
  var claim: [Bind] { [.text(run), .text(path + Self.word)] }

  func place(_ state: BatchState) -> String { "\(path)\(Self.word) \(state.json.text)" }

  func binds(_ state: BatchState) -> [Bind] { [.text(run), .text(place(state))] }

  /// Binds for ``find``.
  var search: [Bind] { [.text(run), .text(path + Self.word + " ")] }

  static let find = "select path from opsh.marker where run = $1 and starts_with(path, $2)"
  static let hold = "select 1 from opsh.marker where run = $1 and path = $2 for update"
  static let move = "update opsh.marker set path = $3 where run = $1 and path = $2"

  func state(of place: String) -> BatchState? {
    let text = place.dropFirst(path.count + Self.word.count)
    return (try? JSON.parse(Array(text.utf8))).flatMap { BatchState($0) }
  }
}

extension PostgresDatabase {
  /// How far a change in batches is; nothing where it was not begun.
  func batchState(_ marker: BatchMarker, in context: CallContext) throws(Failure) -> BatchState? {
    try rows(BatchMarker.find, marker.search, in: context).first?.cells.first?.asText
      .flatMap(marker.state)
  }

  /// Whether a change in batches came to its end, was begun, or neither.
  func probeBatches(_ key: String, in context: CallContext) throws(Failure) -> Plan.Probe {
    guard try value(Marker.isPresent, in: context).asBool == true else { return .notDone }
    if try !rows(Marker.find, Marker.binds(key), in: context).isEmpty { return .done }
    let state = try batchState(BatchMarker(key), in: context)
    return state.map { $0.batches > 0 } == true ? .partly : .notDone
  }
}
