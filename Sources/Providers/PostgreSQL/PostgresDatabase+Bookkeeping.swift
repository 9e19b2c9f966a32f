package import Objects
internal import Postgres
package import Stack
package import Values

/// What opsh keeps of its own runs beside the data that they change.
extension PostgresDatabase: RunBookkeeping {
  package func raiseFence(
    _ fence: Fence,
    endingSessionsOf run: String?,
    in context: CallContext
  ) throws(Failure) -> RaisedFence {
    // Others wait in the directory meanwhile, so this waits for a lock less long than a change does.
    let connection = try open(
      SessionSettings(isReadOnly: false, lockTimeout: .seconds(2)),
      in: context
    )
    defer { connection.close() }
    guard try makeFence(on: connection, in: context) else { return .impossible }
    let refused: PostgresError
    do throws(PostgresError) {
      return .raised(try raise(fence, on: connection, in: context))
    } catch {
      refused = error
    }
    // A transaction of that run stands between its fence and its end for longer than the wait for a
    // lock: its process may never come back.
    guard refused.sqlState == "55P03", let run else { throw failure(refused, context) }
    _ = try row(
      FenceTable.endSessions,
      [.text(FenceTable.sessionName(of: run))],
      on: connection,
      in: context
    )
    do throws(PostgresError) {
      return .raised(try raise(fence, on: connection, in: context))
    } catch {
      throw failure(error, context)
    }
  }

  /// Makes the fence at least as high as a run's own epoch, as after going back in time.
  func holdFence(_ fence: Fence, in context: CallContext) throws(Failure) {
    let connection = try openWriter(in: context)
    defer { connection.close() }
    _ = try prepareFence(fence, on: connection, in: context)
  }

  private func raise(
    _ fence: Fence,
    on connection: Connection,
    in context: CallContext
  ) throws(PostgresError) -> Int64 {
    let cursor = try connection.query(
      FenceTable.raise,
      FenceTable.binds(fence),
      deadline: context.duration,
      cancelOn: context.cancellation.descriptor
    )
    let epoch = try cursor.next()?.text(0).flatMap { Int64($0) }
    while try cursor.next() != nil {}
    return epoch ?? fence.epoch
  }

  package func keepHead(
    _ head: String,
    of run: String,
    in context: CallContext
  ) throws(Failure) {
    let connection = try openWriter(in: context)
    defer { connection.close() }
    if try row(Marker.hasHead, [], on: connection, in: context)[0] != "t" {
      try createBookkeeping([Marker.addHead], on: connection, in: context)
    }
    _ = try row(Marker.keepHead, [.text(run), .text(head)], on: connection, in: context)
  }

  package func heads(of run: String, in context: CallContext) throws(Failure) -> [String] {
    guard try value(Marker.hasHead, in: context).asBool == true else { return [] }
    return try rows(Marker.heads, [.text(run)], in: context).compactMap { row in
      if case .text(let head)? = row.cells.first { head } else { nil }
    }
  }
}

extension PostgresBacked {
  package var bookkeeping: (any RunBookkeeping)? { postgres }
}
