extension Reviewer {
  mutating func readCreateIndex() {
    guard let table = node["relation"].flatMap({ QualifiedName(relation: $0) }) else { return }
    let columns = node["indexParams"]?.elements.compactMap { $0["IndexElem"]?["name"]?.text } ?? []
    let name = node["idxname"]?.text.map { QualifiedName(schema: table.schema, name: $0) }
    review.reversal = name.map { .statement("DROP INDEX CONCURRENTLY \($0.sql);") } ?? .unknown
    if node["whereClause"] == nil { rememberIndex(of: table, columns) }
    let mode: LockMode = isConcurrent ? .shareUpdateExclusive : .share
    lock(table, mode)
    if node["relation"]?["inh"] != nil { lockFamily(table, mode) }
    defer { if let name { state.createdIndexes.insert(name) } }
    if isConcurrent {
      readConcurrentIndex(name, table)
    } else if isOld(table) {
      work(.indexBuild, table, under: .share)
      find(
        .indexBuild,
        "every write of \(table) waits until the index is built",
        advice: "build it concurrently, in a file of its own",
        safer: adding("CONCURRENTLY", behind: "index").map { $0 + ";" }
      )
    }
  }

  private mutating func readConcurrentIndex(_ name: QualifiedName?, _ table: QualifiedName) {
    review.isTransactional = false
    if isOld(table) { work(.indexBuild, table, under: .shareUpdateExclusive) }
    let left = name.flatMap { name in facts?[table]?.indexes.first { $0.name.name == name.name } }
    if let left, !left.isValid {
      find(
        .invalidIndex,
        """
        \(left.name.name) is there, but invalid: a CREATE INDEX CONCURRENTLY did not come to its \
        end\(node["if_not_exists"] == nil ? ", so this fails" : ", and this leaves it so")
        """,
        advice: "drop it first",
        safer: "DROP INDEX CONCURRENTLY \(left.name.sql);"
      )
    } else if node["if_not_exists"] != nil, left == nil {
      find(
        .concurrentIfNotExists,
        """
        where an earlier try broke off, its index is there and invalid, and IF NOT EXISTS takes it \
        for a finished one
        """,
        advice: "drop what an earlier try left, then create it without IF NOT EXISTS",
        severity: facts == nil ? .warning : .note,
        asking: name.map { .existence($0) }
      )
    }
  }

  /// The statement's text with a word behind the first one of that name.
  func adding(_ word: String, behind: StaticString) -> String? {
    let all = range
    guard let token = source.tokens(in: all).first(where: { source.isWord($0, behind) }) else {
      return nil
    }
    let end = token.range.upperBound
    return source.text(all.lowerBound..<end) + " " + word + source.text(end..<all.upperBound)
  }

  mutating func dropIndexes() {
    let isConcurrent = node["concurrent"] != nil
    if isConcurrent { review.isTransactional = false }
    review.reversal = .earlierDefinition
    for index in statement.droppedNames {
      guard !state.createdIndexes.contains(index) else {
        state.createdIndexes.remove(index)
        continue
      }
      if facts != nil, facts?[index] == nil, node["missing_ok"] != nil {
        tellNothing("index \(index)", at: review.offset)
        continue
      }
      let mode: LockMode = isConcurrent ? .shareUpdateExclusive : .accessExclusive
      state.dropped.append(index)
      review.locks.add(resolved(index), mode)
      let table = facts?[index]?.table
      if let table { lock(table, mode) } else { ask(.index(index)) }
      guard !isConcurrent, table.map({ isOld($0) }) ?? true else { continue }
      find(
        .dropIndex,
        """
        ACCESS EXCLUSIVE on \(table.map(\.name) ?? "its table"): every read and write waits for \
        this, and this for every query that runs
        """,
        advice: "drop it concurrently, in a file of its own",
        safer: adding("CONCURRENTLY", behind: "index").map { $0 + ";" }
      )
    }
  }

  mutating func readReindex() {
    review.reversal = .nothingToUndo
    let kind = node["kind"]?.text ?? ""
    let isWide = kind != "REINDEX_OBJECT_INDEX" && kind != "REINDEX_OBJECT_TABLE"
    if isConcurrent || isWide { review.isTransactional = false }
    let mode: LockMode = isConcurrent ? .shareUpdateExclusive : .share
    guard !isWide, let name = node["relation"].flatMap({ QualifiedName(relation: $0) }) else {
      review.knowsLocks = false
      if !isConcurrent {
        tellReindex("every index of \(isWide ? kind.dropFirst(15).lowercased() : "")")
      }
      return
    }
    if kind == "REINDEX_OBJECT_INDEX" {
      guard !state.createdIndexes.contains(name) else { return }
      review.locks.add(resolved(name), isConcurrent ? mode : .accessExclusive)
      if let table = facts?[name]?.table { lock(table, mode) } else { ask(.index(name)) }
      review.work.append(
        TableWork(kind: .rewrite, table: resolved(name), under: mode, isCertain: true)
      )
      if !isConcurrent { tellReindex("\(name)") }
    } else {
      lock(name, mode)
      guard isOld(name) else { return }
      for index in facts?[name]?.indexes ?? [] {
        review.locks.add(index.name, isConcurrent ? mode : .accessExclusive)
        review.work.append(
          TableWork(kind: .rewrite, table: index.name, under: mode, isCertain: true)
        )
      }
      work(.indexBuild, name, under: mode)
      if !isConcurrent { tellReindex("every index of \(name)") }
    }
  }

  private mutating func tellReindex(_ what: String) {
    find(
      .reindex,
      "\(what) is built anew: writes wait, and so does every query that would plan with it",
      advice: "do it concurrently, in a file of its own",
      safer: adding("CONCURRENTLY", behindKindOf: node["kind"]?.text).map { $0 + ";" }
    )
  }

  private func adding(_ word: String, behindKindOf kind: String?) -> String? {
    switch kind {
    case "REINDEX_OBJECT_INDEX": adding(word, behind: "index")
    case "REINDEX_OBJECT_TABLE": adding(word, behind: "table")
    case "REINDEX_OBJECT_SCHEMA": adding(word, behind: "schema")
    case "REINDEX_OBJECT_DATABASE": adding(word, behind: "database")
    default: nil
    }
  }

  mutating func readVacuum() {
    review.reversal = .nothingToUndo
    let isVacuum = node["is_vacuumcmd"] != nil
    if isVacuum { review.isTransactional = false }
    let isFull = node["options"]?.elements.contains { option in
      guard let option = option["DefElem"], option["defname"]?.text == "full" else { return false }
      let value = option["arg"]?["String"]?["sval"]?.text ?? "true"
      return !["false", "off", "0"].contains(value) && option["arg"]?["Integer"] == nil
        || option["arg"]?["Integer"]?["ival"]?.int == 1
    }
    for element in node["rels"]?.elements ?? [] {
      guard let relation = element["VacuumRelation"]?["relation"],
        let table = QualifiedName(relation: relation), isOld(table)
      else { continue }
      lock(table, isFull == true ? .accessExclusive : .shareUpdateExclusive)
      guard isFull == true else { continue }
      work(.rewrite, table, under: .accessExclusive)
      tellRewrite(table, "pg_repack does it without that, or VACUUM, which gives room for new rows")
    }
    if node["rels"] == nil {
      review.knowsLocks = false
      if isFull == true {
        tellRewrite(QualifiedName(name: "every table"), "take the tables that need it")
      }
    }
  }

  mutating func readCluster() {
    review.reversal = .nothingToUndo
    guard let table = node["relation"].flatMap({ QualifiedName(relation: $0) }) else {
      review.isTransactional = false
      review.knowsLocks = false
      return tellRewrite(
        QualifiedName(name: "every clustered table"),
        "take the tables that need it"
      )
    }
    lock(table, .accessExclusive)
    guard isOld(table) else { return }
    work(.rewrite, table, under: .accessExclusive)
    tellRewrite(table, "pg_repack does it without that")
  }

  private mutating func tellRewrite(_ table: QualifiedName, _ advice: String) {
    find(
      .rewriteStorage,
      "\(table) is written anew while ACCESS EXCLUSIVE blocks every read and write of it",
      advice: advice
    )
  }
}
