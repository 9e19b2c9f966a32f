extension Reviewer {
  mutating func readLockTable() {
    review.reversal = .nothingToUndo
    let mode = LockMode.allCases.first { $0.rank == node["mode"]?.int } ?? .accessExclusive
    for element in node["relations"]?.elements ?? [] {
      guard let relation = element["RangeVar"], let table = QualifiedName(relation: relation) else {
        continue
      }
      lock(table, mode)
      if relation["inh"] != nil { lockFamily(table, mode) }
      guard mode.blocksWrites, isOld(table) else { continue }
      find(
        .lockTable,
        "\(mode.words) on \(table) blocks \(mode.blocked) of it until the end of the transaction",
        advice: "leave it out where the statements behind take the lock that they need",
        at: place(relation)
      )
    }
  }

  mutating func readEnum() {
    guard let type = node["typeName"].flatMap({ QualifiedName(parts: $0) }) else { return }
    let new = node["newVal"]?.text ?? ""
    if let old = node["oldVal"]?.text {
      review.reversal = .statement(
        "ALTER TYPE \(type.sql) RENAME VALUE \(Self.literal(new)) TO \(Self.literal(old));"
      )
      guard state.createdTypes[type.name] == nil else { return }
      find(
        .renameEnumValue,
        "code that still writes or compares \(Self.literal(old)) fails from the commit on",
        advice: "add the new value, change the code and the rows, and leave the old one unused"
      )
    } else {
      // A value can not be taken out of an enum again, but unused it harms nobody.
      review.reversal = .earlierDefinition
      guard state.createdTypes[type.name] == nil else { return }
      state.enumValues.append(
        FileState.AddedEnumValue(value: new, type: type, group: state.group)
      )
    }
  }

  /// A value of an enum may only be used once the transaction that added it has committed.
  mutating func checkEnumUse() {
    guard !state.enumValues.isEmpty, statement.kind != "AlterEnumStmt", isInTransaction else {
      return
    }
    let values = state.enumValues.filter { $0.group == state.group }
    guard !values.isEmpty else { return }
    for constant in node.descendants where constant.isNamed("A_Const") {
      guard let text = constant["sval"]?["sval"]?.text,
        let value = values.first(where: { $0.value == text })
      else { continue }
      find(
        .enumValueInUse,
        """
        \(Self.literal(text)) was added to \(value.type) in the same transaction: using it fails \
        with 55P04
        """,
        advice: "add the value in a migration of its own, before this one",
        at: place(constant)
      )
      return
    }
  }

  mutating func readDomain() {
    guard let domain = node["typeName"].flatMap({ QualifiedName(parts: $0) }) else { return }
    review.reversal = .earlierDefinition
    let subtype = node["subtype"]?.text
    guard subtype == "C" || subtype == "O" || subtype == "V" else { return }
    guard state.createdTypes[domain.name] == nil else {
      if subtype != "V" { state.createdTypes[domain.name] = true }
      return
    }
    let isNotValid = node["def"]?["Constraint"]?["skip_validation"] != nil
    guard !isNotValid else { return }
    let tables = facts?.type(domain)?.tables
    for table in tables ?? [] {
      lock(table, .share)
      work(.scan, table, under: .share)
    }
    if let tables, tables.isEmpty { return }
    guard subtype != "V" else { return ask(.domainUse(domain)) }
    let name = node["def"]?["Constraint"]?["conname"]?.text.map { SQLIdentifier.quoted($0) } ?? "…"
    find(
      .domainConstraint,
      """
      \(tables.map { Self.list($0) } ?? "every table with a column of \(domain)") is read from end \
      to end while SHARE blocks every write of it
      """,
      advice: subtype == "C" ? "add it as NOT VALID, validate it in a later migration" : nil,
      safer: subtype == "C"
        ? """
        \(text) NOT VALID;
        -- a later migration:
        ALTER DOMAIN \(domain.sql) VALIDATE CONSTRAINT \(name);
        """ : nil,
      asking: .domainUse(domain)
    )
  }

  mutating func readOpaque() {
    review.knowsLocks = false
    find(
      .opaqueCode,
      "what \(commandWords.split(separator: " ").first ?? "the code") runs can not be read from the text",
      advice: "write it as plain statements, or rehearse it on a branch or a copy"
    )
  }

  mutating func readRole() {
    review.reversal = .earlierDefinition
    for element in node["options"]?.elements ?? [] {
      guard let option = element["DefElem"], option["defname"]?.text == "password",
        let password = option["arg"]?["String"]?["sval"]?.text
      else { continue }
      let isVerifier =
        password.hasPrefix("SCRAM-SHA-256$") || (password.hasPrefix("md5") && password.count == 35)
      guard !isVerifier else { continue }
      find(
        .passwordInText,
        """
        the password stands in the statement, and so in pg_stat_activity, in the server's log and \
        in the repository
        """,
        advice: "change it now, by psql's \\password, or write its SCRAM verifier",
        at: place(option),
        holdsSecret: true
      )
    }
  }

  mutating func readGrant() {
    review.reversal = .earlierDefinition
    guard node["is_grant"] != nil else { return }
    for grantee in node["grantees"]?.elements ?? []
    where grantee["RoleSpec"]?["roletype"]?.text == "ROLESPEC_PUBLIC" {
      find(
        .grantPublic,
        "every role of the server gets this right, those that are made later too",
        advice: "grant it to the role that needs it",
        at: place(grantee["RoleSpec"])
      )
    }
  }

  static func policies(_ fragments: [SourceFragment]) -> [QualifiedName] {
    fragments.flatMap { $0.parsed?.statements ?? [] }
      .filter { $0.kind == "CreatePolicyStmt" }
      .compactMap { $0.node["table"].flatMap { QualifiedName(relation: $0) } }
  }

  /// The server cuts names off at 63 bytes, with a notice that nobody reads.
  mutating func checkLongNames() {
    guard range.count > 63 else { return }
    var run = 0
    var isLong = false
    for byte in source.bytes[range] {
      run = RegionScanner.isWord(byte) || byte == UInt8(ascii: " ") ? run + 1 : 0
      if run > 63 {
        isLong = true
        break
      }
    }
    guard isLong else { return }
    for token in source.tokens(in: range) {
      let length = token.range.count - (token.kind == .quotedName ? 2 : 0)
      guard token.kind == .word || token.kind == .quotedName, length > 63 else { continue }
      find(
        .longName,
        "this name has \(length) bytes, of which the server keeps 63: the rest is cut off silently",
        advice: "give it a shorter name",
        at: token.range.lowerBound
      )
    }
  }
}
