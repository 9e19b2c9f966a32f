internal import SQLText

/// All that a change reaches beyond the rows that it names: by foreign keys, triggers and rules.
struct BlastRadius: Sendable {
  enum Action: Sendable {
    case cascade, setNull, setDefault
  }

  /// What happens to rows of another table, or to further rows of the same.
  struct Spread: Sendable {
    let table: ChangeCatalog.Table
    let operation: ChangeEvent.Operation
    let action: Action
    /// The columns of the foreign key.
    let columns: [String]
    let key: String
    /// By the server's counts, were the rows spread evenly; nothing where it has none.
    let rows: Double?
    /// It comes back to a table that the statement itself changes.
    let returns: Bool
  }

  /// A foreign key that lets the server refuse it as long as rows refer to what is changed.
  struct Blocker: Sendable {
    let table: String
    let key: String
    let isTruncate: Bool
  }

  private(set) var spreads: [Spread] = []
  private(set) var blockers: [Blocker] = []
  /// Per table the triggers that fire, in the order in which the tables are reached.
  private(set) var triggers: [(table: String, names: [String])] = []
  private(set) var triggerFunctions: Set<Int64> = []
  private(set) var rules: [(table: String, name: String)] = []
  /// Tables below those that the statement names.
  private(set) var below: [(table: ChangeCatalog.Table, below: [ChangeCatalog.Table])] = []
  /// Tables whose rows are kept by another server.
  private(set) var foreignTables: [String] = []

  private let catalog: ChangeCatalog
  private var seen: Set<Step> = []

  private struct Step: Hashable {
    var table: Int64
    var operation: ChangeEvent.Operation
  }

  private struct Front {
    var table: Int64
    var operation: ChangeEvent.Operation
    var isOnly: Bool
    var rows: Double?
  }

  /// - Parameter events: what the statement does, the table's id in the catalogue, and to how many
  ///   rows where that is known.
  init(
    _ events: [(event: ChangeEvent, table: Int64, rows: Double?)],
    in catalog: ChangeCatalog
  ) {
    self.catalog = catalog
    let named = Set(events.map(\.table))
    var fronts = events.map {
      Front(table: $0.table, operation: $0.event.operation, isOnly: $0.event.isOnly, rows: $0.rows)
    }
    for front in fronts { noteBelow(front) }
    while !fronts.isEmpty {
      let front = fronts.removeFirst()
      guard seen.insert(Step(table: front.table, operation: front.operation)).inserted else {
        continue
      }
      let reached = reachedTables(front)
      noteTriggers(front, reached)
      foreignTables += reached.filter { $0.kind == "f" }.map(\.name)
      fronts += spread(front, reached, named)
    }
  }

  /// Rows of other tables are deleted, or further ones of the same.
  var deletesElsewhere: Bool {
    spreads.contains { spread in
      switch spread.operation {
      case .delete, .truncate: true
      case .insert, .update: false
      }
    }
  }

  private mutating func noteBelow(_ front: Front) {
    guard !front.isOnly, let table = catalog.tables[front.table],
      !below.contains(where: { $0.table.id == table.id })
    else { return }
    let children = catalog.descendants(of: table.id)
    if !children.isEmpty { below.append((table, children)) }
  }

  private func reachedTables(_ front: Front) -> [ChangeCatalog.Table] {
    guard let table = catalog.tables[front.table] else { return [] }
    return [table] + (front.isOnly ? [] : catalog.descendants(of: table.id))
  }

  private mutating func noteTriggers(_ front: Front, _ reached: [ChangeCatalog.Table]) {
    for table in reached {
      let fired = catalog.triggers.filter { trigger in
        trigger.table == table.id && trigger.fires(on: front.operation)
          // A statement's triggers are those of the table that it names.
          && (table.id == front.table || trigger.isForEachRow && !trigger.isClone)
      }
      triggerFunctions.formUnion(fired.map(\.function))
      add(fired.map(\.name), to: table.name)
    }
    let event =
      switch front.operation {
      case .update: "2"
      case .insert: "3"
      case .delete: "4"
      case .truncate: ""
      }
    guard let table = catalog.tables[front.table] else { return }
    for rule in catalog.rules where rule.table == table.id && rule.event == event {
      rules.append((table.name, rule.name))
    }
  }

  private mutating func add(_ names: [String], to table: String) {
    guard !names.isEmpty else { return }
    if let index = triggers.firstIndex(where: { $0.table == table }) {
      triggers[index].names += names.filter { !triggers[index].names.contains($0) }
    } else {
      triggers.append((table, names))
    }
  }

  /// Follows every foreign key that points to what is changed.
  private mutating func spread(
    _ front: Front,
    _ reached: [ChangeCatalog.Table],
    _ named: Set<Int64>
  ) -> [Front] {
    let pointedTo = Set(reached.map(\.id) + catalog.partitioned(above: front.table))
    var next: [Front] = []
    for key in catalog.keys where pointedTo.contains(key.parent) {
      guard let child = catalog.tables[key.child] else { continue }
      let (action, operation): (Action, ChangeEvent.Operation)
      switch outcome(of: key, front.operation) {
      case .untouched: continue
      case .refused:
        let isTruncate = front.operation.word == "truncate"
        if isTruncate, named.contains(child.id) { continue }
        blockers.append(Blocker(table: child.name, key: key.name, isTruncate: isTruncate))
        continue
      case .spreads(let found, let change): (action, operation) = (found, change)
      }
      if case .truncate = operation, named.contains(child.id) { continue }
      let isSeen = seen.contains(Step(table: child.id, operation: operation))
      let isNoted = spreads.contains { $0.key == key.name && $0.table.id == child.id }
      // Where it comes back to, it has been: that is worth a line, and no further step.
      guard !isNoted, !isSeen || named.contains(child.id) else { continue }
      let rows = rows(of: key, child.id, front, operation)
      spreads.append(
        Spread(
          table: child,
          operation: operation,
          action: action,
          columns: key.childColumns,
          key: key.name,
          rows: rows,
          returns: named.contains(child.id)
        )
      )
      next.append(Front(table: child.id, operation: operation, isOnly: false, rows: rows))
    }
    return next
  }

  private enum Outcome {
    case untouched, refused
    case spreads(Action, ChangeEvent.Operation)
  }

  private func outcome(
    of key: ChangeCatalog.ForeignKey,
    _ operation: ChangeEvent.Operation
  ) -> Outcome {
    let rule: String
    let cascade: ChangeEvent.Operation
    switch operation {
    case .insert: return .untouched
    case .truncate(let cascades): return cascades ? .spreads(.cascade, operation) : .refused
    case .delete: (rule, cascade) = (key.onDelete, .delete)
    case .update(let columns):
      guard !columns.isDisjoint(with: key.parentColumns) else { return .untouched }
      (rule, cascade) = (key.onUpdate, .update(columns: Set(key.childColumns)))
    }
    switch rule {
    case "c": return .spreads(.cascade, cascade)
    case "n": return .spreads(.setNull, .update(columns: Set(key.childColumns)))
    case "d": return .spreads(.setDefault, .update(columns: Set(key.childColumns)))
    default: return .refused
    }
  }

  private func rows(
    of key: ChangeCatalog.ForeignKey,
    _ child: Int64,
    _ front: Front,
    _ operation: ChangeEvent.Operation
  ) -> Double? {
    guard let all = catalog.rows(of: child).map(Double.init) else { return nil }
    if case .truncate = operation { return all }
    guard let rows = front.rows, let parents = catalog.rows(of: key.parent), parents > 0 else {
      return nil
    }
    return min(all, (all * rows / Double(parents)).rounded(.up))
  }
}
