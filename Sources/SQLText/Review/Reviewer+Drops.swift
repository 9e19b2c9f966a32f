extension Reviewer {
  mutating func readDrop() {
    let type = node["removeType"]?.text ?? ""
    review.reversal = .earlierDefinition
    switch type {
    case "OBJECT_INDEX": dropIndexes()
    case "OBJECT_TABLE", "OBJECT_FOREIGN_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW",
      "OBJECT_SEQUENCE":
      for name in statement.droppedNames { dropRelation(name, type) }
    case "OBJECT_SCHEMA":
      for name in statement.droppedNames { dropSchema(name.name) }
    case "OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_POLICY":
      for object in node["objects"]?.elements ?? [] {
        guard let items = object["List"]?["items"],
          let table = QualifiedName(parts: items, without: 1)
        else { continue }
        lock(table, .accessExclusive)
      }
    case "OBJECT_TYPE", "OBJECT_DOMAIN":
      guard isCascade else { break }
      for object in node["objects"]?.elements ?? [] {
        guard let names = object["TypeName"]?["names"], let name = QualifiedName(parts: names)
        else {
          continue
        }
        for table in facts?.type(name)?.tables ?? [] { lock(table, .accessExclusive) }
        // Columns of the type go with it.
        review.reversal = .losesData
      }
    default: break
    }
    let isOther = !type.hasSuffix("TABLE") && !type.hasSuffix("VIEW") && type != "OBJECT_SCHEMA"
    if isOther, isCascade {
      tellCascade(commandWords.dropFirst(5).lowercased() + " named here", taking: nil, of: nil)
    }
  }

  private var isCascade: Bool { node["behavior"]?.text == "DROP_CASCADE" }

  private mutating func dropRelation(_ name: QualifiedName, _ type: String) {
    guard isOld(name) else { return state.created.remove(name) }
    if facts != nil, facts?[name] == nil, node["missing_ok"] != nil {
      return tellNothing("\(type.dropFirst(7).lowercased()) \(name)", at: review.offset)
    }
    state.dropped.append(name)
    lock(name, .accessExclusive)
    let relation = facts?[name]
    for parent in relation?.references ?? [] { lock(parent, .accessExclusive) }
    for child in relation?.children ?? [] { lock(child, .accessExclusive) }
    if type == "OBJECT_TABLE", relation == nil { ask(.dependents(name)) }
    switch type {
    case "OBJECT_TABLE", "OBJECT_FOREIGN_TABLE": tellDroppedTable(name, relation)
    case "OBJECT_VIEW", "OBJECT_MATVIEW": tellDroppedView(name)
    default: break
    }
    guard isCascade else { return }
    var taken = relation?.views.map(\.name) ?? []
    for view in taken { lock(view, .accessExclusive) }
    for table in relation?.referencedBy ?? [] where table != relation?.name {
      lock(table, .accessExclusive)
      taken.append(table)
    }
    if type != "OBJECT_SEQUENCE" {
      tellCascade("\(name)", taking: relation == nil ? nil : taken, of: name)
    }
  }

  private mutating func tellDroppedTable(_ name: QualifiedName, _ relation: RelationFacts?) {
    review.reversal = .losesData
    let parents = relation?.references.filter { $0 != relation?.name } ?? []
    let locked = parents.map(\.name).joined(separator: ", ")
    find(
      .dropTable,
      """
      \(name) and all its rows are gone, and code that still uses it fails\
      \(parents.isEmpty ? "" : "; ACCESS EXCLUSIVE is taken on \(locked) too, where its foreign keys point")
      """,
      advice: "rename it first, wait until nothing misses it, keep a backup, then drop it"
    )
  }

  private mutating func tellDroppedView(_ name: QualifiedName) {
    guard !isMadeLater(name) else { return }
    find(
      .dropView,
      "code that still selects from \(name) fails",
      advice: "take it out of the code first, and deploy that"
    )
  }

  private mutating func dropSchema(_ name: String) {
    review.reversal = .losesData
    if let facts, !facts.schemas.contains(name), node["missing_ok"] != nil {
      return tellNothing("schema \(name)", at: review.offset)
    }
    let inside = facts?.relations.filter { $0.name.schema == name } ?? []
    if isCascade {
      for relation in inside where relation.kind != .index || relation.table != nil {
        review.locks.add(relation.name, .accessExclusive)
        for table in relation.referencedBy + relation.references { lock(table, .accessExclusive) }
        for view in relation.views { lock(view.name, .accessExclusive) }
      }
    }
    if facts == nil { ask(.schema(name)) }
    find(
      .dropSchema,
      isCascade
        ? "everything in the schema \(name) is gone\(inside.isEmpty ? "" : ": \(Self.list(inside.map(\.name)))")"
        : "the schema \(name) is gone; this fails where something is left in it",
      advice: "drop what is in it by name, each in a migration that can be looked at",
      severity: isCascade ? .error : .warning
    )
  }

  mutating func tellNothing(_ what: String, at offset: Int) {
    find(
      .dropsNothing,
      "there is no \(what): this does nothing",
      advice: "look whether the name is written as it is in the database",
      at: offset
    )
  }

  mutating func tellCascade(
    _ what: String,
    taking names: [QualifiedName]?,
    of table: QualifiedName?,
    at offset: Int? = nil
  ) {
    let taken: String
    switch names {
    case nil: taken = "which the text does not name"
    case .some(let names) where names.isEmpty: return
    case .some(let names): taken = Self.list(names)
    }
    find(
      .dropCascade,
      "CASCADE also drops what depends on \(what): \(taken)",
      advice: "leave CASCADE out, see what the server names, and drop that by name",
      at: offset,
      asking: names == nil ? table.map { .dependents($0) } : nil
    )
  }

  static func list(_ names: [QualifiedName]) -> String {
    let shown = names.prefix(8).map(\.name).joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }

  mutating func readTruncate() {
    review.reversal = .losesData
    var emptied: [QualifiedName] = []
    for element in node["relations"]?.elements ?? [] {
      guard let relation = element["RangeVar"], let table = QualifiedName(relation: relation) else {
        continue
      }
      var reached = [table] + (relation["inh"] == nil ? [] : facts?[table]?.children ?? [])
      if isCascade { reached += referencing(table) }
      for name in reached where isOld(name) {
        lock(name, .accessExclusive)
        work(.rewrite, name, under: .accessExclusive)
      }
      guard isOld(table) else { continue }
      let others = reached.dropFirst().filter { $0 != resolved(table) }
      emptied += others
      find(
        .truncate,
        """
        all rows of \(table) are gone at once, also for transactions that still read an older state
        """,
        advice: "DELETE in batches keeps that state, and can be stopped",
        at: place(relation)
      )
    }
    guard isCascade, review.findings.isEmpty == false else { return }
    find(
      .dropCascade,
      """
      CASCADE also empties every table whose foreign keys point there: \
      \(facts == nil ? "which the text does not name" : emptied.isEmpty ? "none now" : Self.list(emptied))
      """,
      advice: "name the tables, and leave CASCADE out",
      severity: facts != nil && emptied.isEmpty ? .warning : .error,
      asking: facts == nil ? statement.tableChanges.first.map { .dependents($0.table) } : nil
    )
  }

  /// Every table that points to it, over any number of steps.
  private func referencing(_ table: QualifiedName) -> [QualifiedName] {
    var found: [QualifiedName] = []
    var open = [resolved(table)]
    while let next = open.popLast() {
      for name in facts?[next]?.referencedBy ?? [] where !found.contains(name) {
        found.append(name)
        open.append(name)
      }
    }
    return found
  }

  mutating func readServerWide() {
    review.knowsLocks = false
    switch statement.kind {
    case "DropdbStmt":
      review.isTransactional = false
      review.reversal = .losesData
      find(
        .dropDatabase,
        "the database \(node["dbname"]?.text ?? "") and everything in it are gone",
        advice: "take it out of the migration: this is no change of a schema"
      )
    case "DropOwnedStmt":
      review.reversal = .losesData
      find(
        .dropCascade,
        "everything that the role owns is dropped, which the text does not name",
        advice: "drop it by name"
      )
    case "AlterSystemStmt":
      review.isTransactional = false
      review.reversal = .statement("ALTER SYSTEM RESET …;")
      find(
        .alterSystem,
        "this changes the settings of the whole server, for all its databases",
        advice: "set it for the database or the role"
      )
    case "AlterDatabaseStmt":
      let moves = node["options"]?.elements.contains {
        $0["DefElem"]?["defname"]?.text == "tablespace"
      }
      if moves == true { review.isTransactional = false }
    default: review.isTransactional = false
    }
  }
}
