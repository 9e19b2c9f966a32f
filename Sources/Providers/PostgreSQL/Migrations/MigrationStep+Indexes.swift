internal import Migrations
internal import Objects
internal import Postgres
internal import SQLText
internal import Values

/// The invalid index that a CREATE INDEX CONCURRENTLY leaves behind when it fails.
extension MigrationStep {
  /// The invalid indexes by the names that the script would make.
  private func invalidOnes() throws(Failure) -> [InvalidIndex] {
    let wanted = script.concurrentIndexes
    guard !wanted.isEmpty else { return [] }
    return try database.invalidIndexes(in: session.context.call).filter { found in
      wanted.contains(where: found.isThat)
    }
  }

  /// Drops what an earlier attempt at this migration left: with it there, the statement fails, or
  /// with `if not exists` does nothing and says that all is well.
  func mendIndexes(isRetry: Bool = false) throws(Failure) {
    for index in try invalidOnes() {
      guard !index.isBeingBuilt else {
        throw Failure(
          .locked,
          "\(database.label): index \(index.schema).\(index.name) is being built by another session now",
          advice: ["nothing of \(file.name) was begun; see \(job.target).activity"]
        )
      }
      guard isRetry || wasTriedBefore else { throw isInTheWay(index) }
      context.report(
        "dropping the invalid index \(index.schema).\(index.name), which an earlier attempt at \(file.name) left"
      )
      do throws(ScriptFailure) {
        try send("set lock_timeout = 0")
        try send(index.mend)
      } catch {
        throw database.failure(error.error, sql: index.mend, context.call)
      }
      try session.reset()
    }
  }

  private func isInTheWay(_ index: InvalidIndex) -> Failure {
    Failure(
      .refused,
      "\(database.label): \(file.name) would build index \(index.name), but an invalid one of that name is there, left by a CREATE INDEX CONCURRENTLY that failed",
      advice: ["nothing of \(file.name) was begun", "drop it first: \(byHand(index))"]
    )
  }

  private func byHand(_ index: InvalidIndex) -> String { database.call(index.mend).byHand }

  /// Looks whether what was built can be used.
  func checkIndexes() throws(Failed) {
    guard let index = try? invalidOnes().first else { return }
    throw Failed(
      error: .invalidStatement("index \(index.schema).\(index.name) is invalid all the same"),
      statement: nil,
      kept: .unknown
    )
  }

  /// What to say of an index that the failure left.
  func invalidWords() -> [String] {
    guard let left = try? invalidOnes(), let index = left.first else { return [] }
    let name = "\(index.schema).\(index.name)"
    guard table.convention == .prisma else {
      return ["index \(name) is there and invalid; drop it: \(byHand(index))"]
    }
    return [
      "index \(name) is there and invalid: no read uses it; once this is resolved as rolled back, the next attempt drops it first"
    ]
  }
}
