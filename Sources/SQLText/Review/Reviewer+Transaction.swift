/// What depends on the statements around: transactions, timeouts, locks that are held together.
extension Reviewer {
  var isInTransaction: Bool {
    runner == .oneTransaction || state.hasBegun || (runner == .oneMessage && count > 1)
  }

  mutating func checkTransaction() {
    if statement.isTransactionControl { checkControl() }
    guard !review.isTransactional, isInTransaction else { return }
    let reason =
      if runner == .oneTransaction {
        "this file is run inside of a transaction"
      } else if state.hasBegun {
        "it stands between BEGIN and COMMIT"
      } else {
        "a file of \(count) statements is sent as one message, which is a transaction"
      }
    find(
      .notInTransaction,
      "\(commandWords) can not run inside of a transaction, and \(reason): it fails",
      advice: "give it a file of its own, with no other statement in it"
    )
  }

  private mutating func checkControl() {
    switch node["kind"]?.text {
    case "TRANS_STMT_BEGIN", "TRANS_STMT_START":
      review.controlsTransaction = true
      if state.hasBegun || runner == .oneTransaction {
        find(
          .transactionControl,
          "a transaction is open already, so this BEGIN begins none",
          advice: "leave it out: the first COMMIT ends the transaction for good",
          severity: .warning
        )
      }
    case "TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK", "TRANS_STMT_PREPARE":
      review.controlsTransaction = true
      if runner == .oneTransaction, !state.hasBegun {
        find(
          .transactionControl,
          "this ends the transaction in which the file is run: what follows is committed by itself",
          advice: "leave it out, or have the file run without a transaction",
          severity: .warning
        )
      }
    default: break
    }
  }

  /// Called when all of a statement is known: where a transaction begins and ends.
  mutating func endOfGroup() {
    if statement.isTransactionControl {
      switch node["kind"]?.text {
      case "TRANS_STMT_BEGIN", "TRANS_STMT_START":
        state.hasBegun = true
        return
      case "TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK", "TRANS_STMT_PREPARE":
        state.hasBegun = false
        state.endTransaction()
      default: break
      }
    } else if runner == .separately, !state.hasBegun {
      state.endTransaction()
    }
  }

  mutating func checkTimeout() {
    guard !hasToldTimeout, !state.lockTimeout.isSet(in: state.group),
      let lock = review.locks.first(where: { $0.mode.blocksWrites })
    else { return }
    hasToldTimeout = true
    find(
      .noLockTimeout,
      """
      no lock_timeout is set: while \(commandWords) waits for \(lock.mode.words) on \
      \(lock.table.name), \(lock.mode.blocked) of it queues behind
      """,
      advice: "set it before, or in the connection (options=-c lock_timeout=2s), and try again",
      safer: "SET lock_timeout = '2s';"
    )
  }

  /// A strong lock on one table while another is worked on, or while rows are changed; told once of
  /// a transaction.
  mutating func checkHeldLocks() {
    guard !state.hasToldHeld else { return }
    let own = Set(review.work.map(\.table))
    for work in review.work where work.isCertain {
      let held = state.held.first {
        !isDropped($0.table)
          && (work.kind == .rows ? $0.mode.blocksReads : !own.contains($0.table))
      }
      guard let held else { continue }
      state.hasToldHeld = true
      let verb: String
      switch work.kind {
      case .rows: verb = "rows of \(work.table.name) are changed"
      case .rewrite: verb = "\(work.table.name) is rewritten"
      case .scan: verb = "\(work.table.name) is read from end to end"
      case .indexBuild: verb = "an index of \(work.table.name) is built"
      }
      find(
        work.kind == .rows ? .backfillUnderLock : .locksHeldTogether,
        """
        \(verb) while \(held.mode.words) on \(held.table.name), taken by statement \
        \(held.statement + 1), blocks \(held.mode.blocked) of it until the end of the transaction
        """,
        advice: "put it into a migration of its own, in batches where it changes rows"
      )
      return
    }
  }

  /// Nobody waits for what is gone.
  private func isDropped(_ table: QualifiedName) -> Bool {
    state.dropped.contains { $0.mayBe(table) }
  }

  mutating func readSetting() {
    review.reversal = .nothingToUndo
    guard let name = node["name"]?.text?.lowercased() else {
      if node["kind"]?.text == "VAR_RESET_ALL" { state.lockTimeout = FileState.TimeoutState() }
      return
    }
    let isLocal = node["is_local"] != nil
    let isSet = node["kind"]?.text == "VAR_SET_VALUE"
    let value = node["args"]?.elements.first?["A_Const"]
    let text = value?["sval"]?["sval"]?.text ?? value?["ival"]?["ival"]?.int.map(String.init) ?? "0"
    if isLocal, !isInTransaction {
      find(
        .setLocalOutside,
        "SET LOCAL \(name) has no effect: there is no transaction around it",
        advice: "leave LOCAL out, or begin a transaction",
        safer: isSet ? "SET \(name) = \(Self.literal(text));" : nil
      )
      return
    }
    switch name {
    case "lock_timeout":
      let isOn = isSet && text.contains { $0 != "0" && $0.isNumber }
      if isLocal {
        state.lockTimeout.localGroup = isOn ? state.group : nil
      } else {
        state.lockTimeout.session = isOn
      }
    case "timezone": state.hasUTC = isSet ? ZoneName.isUTC(text) : nil
    default: break
    }
  }

  static func literal(_ text: String) -> String {
    var quoted = "'"
    for scalar in text.unicodeScalars {
      if scalar == "'" { quoted += "'" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "'"
  }

  /// What is only known at the end.
  mutating func endFile() {
    if state.hasBegun {
      let begin = reviews.lastIndex { $0.kind == "TransactionStmt" } ?? reviews.count - 1
      addLate(
        .transactionControl,
        "the transaction that begins here is never committed, so nothing of it stays",
        advice: "write COMMIT at its end",
        to: begin,
        at: reviews[begin].offset
      )
    }
    checkForeignKeyIndexes()
  }

  /// Adds a finding to a statement that was reviewed before.
  mutating func addLate(
    _ rule: LintRule,
    _ message: String,
    advice: String,
    safer: String? = nil,
    to index: Int,
    at offset: Int
  ) {
    let (line, column) = source.position(of: offset)
    reviews[index].findings.append(
      LintFinding(
        rule: rule,
        severity: rule.severity,
        message: message,
        advice: advice,
        saferSQL: safer,
        statement: reviews[index].index,
        offset: offset,
        length: source.wordLength(at: offset),
        line: line,
        column: column,
        questions: [],
        holdsSecret: false
      )
    )
    reviews[index].findings.sort { $0.offset < $1.offset }
  }

  /// The statement's first two words in capitals, such as `ALTER TABLE`.
  var commandWords: String {
    let end = range.lowerBound + min(range.count, 200)
    let words = source.tokens(in: range.lowerBound..<end).prefix { $0.kind == .word }
      .prefix(2).map { source.text($0.range).uppercased() }
    let rest = isConcurrent ? " CONCURRENTLY" : ""
    return words.joined(separator: " ") + rest
  }

  /// Whether the statement does its work without keeping others out.
  var isConcurrent: Bool {
    if node["concurrent"] != nil { return true }
    return node["params"]?.elements.contains {
      $0["DefElem"]?["defname"]?.text == "concurrently"
        && $0["DefElem"]?["arg"]?["String"]?["sval"]?.text != "false"
    } ?? false
  }
}
