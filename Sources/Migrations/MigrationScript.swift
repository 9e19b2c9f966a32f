package import SQLText

/// The text of one migration, and the way in which it has to be sent.
package struct MigrationScript: Sendable {
  package enum Way: Hashable, Sendable {
    /// In one transaction with its bookkeeping: all of it or nothing.
    case transaction
    /// One statement that the server takes only outside of a transaction.
    case alone
    /// The whole text in one message, as Prisma sends it; the reason why not otherwise.
    case asWritten(String)
  }

  package let name: String
  /// Where it is, from the migrations folder on.
  package let path: String
  package let text: String
  /// Nothing where the parser can not read it.
  package let parsed: ParsedSQL?
  package let way: Way
  /// How many lines of the file come before the text.
  package let linesBefore: Int

  /// Reads what a file would send.
  ///
  /// - Throws: a refusal for what can not be sent at all.
  package init(
    _ file: MigrationFile,
    of convention: MigrationConvention
  ) throws(MigrationRefusal) {
    guard let bytes = file.text else { throw .noScript(file.name, path: file.path) }
    name = file.name
    path = file.path
    guard let text = String(validating: bytes[file.script], as: UTF8.self) else {
      throw .notText(file.path, reason: "it is not UTF-8")
    }
    guard !bytes[file.script].contains(0) else {
      throw .notText(file.path, reason: "it holds a NUL")
    }
    self.text = text
    linesBefore = bytes[..<file.script.lowerBound].count { $0 == 10 }
    parsed = try? ParsedSQL(text)
    way = Self.way(parsed, file)
    if let copy = parsed?.statements.first(where: \.copiesFromClient) {
      throw .needsClientCopy(file.path, line: line(of: copy))
    }
    // dbmate puts a transaction around everything that does not say otherwise.
    if convention == .dbmate, !file.isOutsideTransaction, way == .alone || mixesTransactions,
      let statement = parsed?.statements.first(where: { $0.refusesTransaction })
    {
      throw .needsNoTransaction(file.path, line: line(of: statement))
    }
  }

  private static func way(_ parsed: ParsedSQL?, _ file: MigrationFile) -> Way {
    guard let parsed else { return .asWritten("its text can not be read") }
    let statements = parsed.statements
    if statements.count == 1, let only = statements.first {
      if only.refusesTransaction { return .alone }
      if only.mayCommit { return .asWritten("it may end its transaction by itself") }
    }
    if statements.contains(where: \.isTransactionControl) {
      return .asWritten("it begins or ends a transaction by itself")
    }
    if statements.contains(where: \.refusesTransaction) {
      return .asWritten("it has a statement that no transaction takes")
    }
    return file.isOutsideTransaction ? .asWritten("it says transaction:false") : .transaction
  }

  private var mixesTransactions: Bool {
    parsed?.statements.contains(where: \.refusesTransaction) == true
  }

  /// Says that it is one transaction with its bookkeeping.
  package var isTransaction: Bool { way == .transaction }

  /// The indexes that it builds concurrently.
  package var concurrentIndexes: [ConcurrentIndex] {
    parsed?.statements.compactMap(\.concurrentIndex) ?? []
  }

  // MARK: - Where it failed

  /// The file's line that a statement begins on, counted from 1.
  package func line(ofStatement index: Int) -> Int? {
    guard let statements = parsed?.statements, statements.indices.contains(index) else {
      return nil
    }
    return line(of: statements[index])
  }

  /// The file's line of a character of the text, both counted from 1.
  package func line(ofCharacter position: Int) -> Int {
    let before = text.unicodeScalars.prefix(max(0, position - 1))
    return 1 + linesBefore + before.count { $0 == "\n" }
  }

  /// White space and comments before a statement count as its own for the parser, not for a reader.
  private func line(of statement: Statement) -> Int {
    let bytes = Array(text.utf8)
    var place = min(statement.offset, bytes.count)
    while place < bytes.count {
      if bytes[place] <= 0x20 {
        place += 1
      } else if bytes[place...].starts(with: Array("--".utf8)) {
        place = bytes[place...].firstIndex(of: 10) ?? bytes.count
      } else {
        break
      }
    }
    return 1 + linesBefore + bytes[..<place].count { $0 == 10 }
  }

  /// What is left of it in the database when a statement of it failed.
  package enum Kept: Hashable, Sendable {
    case nothing
    /// As many statements from the first on.
    case first(Int)
    /// Its text does not tell.
    case unknown
  }

  /// - Parameter statement: the one that failed, counted from 0.
  package func kept(whenFailedAt statement: Int) -> Kept {
    switch way {
    case .transaction, .alone: return .nothing
    case .asWritten:
      guard let statements = parsed?.statements, !statements.contains(where: \.mayCommit),
        !statements.contains(where: \.isRollback)
      else { return .unknown }
      // A text of several statements is one transaction, which only a COMMIT of its own divides.
      let commit = statements.prefix(statement).last(where: \.isCommit)
      return commit.map { .first($0.index + 1) } ?? .nothing
    }
  }
}
