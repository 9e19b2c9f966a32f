package import Journals
internal import Postgres
package import Values

/// The directory of locks: one run at a time changes an environment, whichever machine it runs on.
///
/// Each holding has an epoch, which only grows; a takeover's is higher than what the environment's
/// databases were told before.
extension ControlDatabase {
  /// The right to change one environment, as the directory has it.
  package struct Claim: Hashable, Sendable {
    package let environment: String
    package let run: String
    package let epoch: Int64
    /// Whoever had it before it was taken over.
    package let takenFrom: EnvironmentLock.Holder?

    package init(
      environment: String,
      run: String,
      epoch: Int64,
      takenFrom: EnvironmentLock.Holder?
    ) {
      self.environment = environment
      self.run = run
      self.epoch = epoch
      self.takenFrom = takenFrom
    }
  }

  package enum Acquired: Hashable, Sendable {
    case claim(Claim)
    case held(EnvironmentLock.Holder)
  }

  /// What the directory says of a claim now.
  package enum Standing: Hashable, Sendable {
    case held
    /// Somebody took it over; who and why, if they hold it still.
    case lost(to: EnvironmentLock.Holder?)
  }

  /// Takes the lock if it is free; a run that holds it already keeps it.
  package func acquire(
    _ environment: String,
    as holder: EnvironmentLock.Holder,
    _ cancellation: Cancellation
  ) throws(Failure) -> Acquired {
    try using(cancellation) { (session) throws(Failure) in
      // One statement: a process that is stopped in the middle of it holds nobody up.
      let taken = try session.rows(
        """
        insert into opsh_control.lock as l (stack, environment, epoch, run, host, step)
        values ($1, $2, 1, $3, $4, $5)
        on conflict (stack, environment) do update set
          epoch = case when l.run is null then l.epoch + 1 else l.epoch end,
          run = excluded.run, host = excluded.host, step = excluded.step, reason = null
        where l.run is null or l.run = excluded.run
        returning epoch
        """,
        [
          .text(stack), .text(environment), .text(holder.run), Bind(holder.host),
          Bind(holder.step),
        ]
      )
      if let epoch = taken.first?.first?.flatMap({ Int64($0) }) {
        return .claim(
          Claim(environment: environment, run: holder.run, epoch: epoch, takenFrom: nil)
        )
      }
      let found = try session.rows(
        Self.select + " where stack = $1 and environment = $2",
        [.text(stack), .text(environment)]
      )
      // Given back in between: whoever waits tries again.
      let present = found.first.map(Row.init)?.holder
      return .held(
        present ?? .init(who: "somebody", run: "that just ended", step: nil, since: Time.now())
      )
    }
  }

  /// Takes the lock whoever has it, for a reason that stays on record.
  ///
  /// - Parameter raise: is given the present holder, raises the fences of the environment's databases
  ///   to at least the given epoch and gives the highest; only then does the directory name the new
  ///   holder. What it throws leaves the directory as it was.
  package func takeOver(
    _ environment: String,
    as holder: EnvironmentLock.Holder,
    because reason: String,
    _ cancellation: Cancellation,
    raise: (EnvironmentLock.Holder?, Int64) throws(Failure) -> Int64
  ) throws(Failure) -> Claim {
    try using(cancellation) { (session) throws(Failure) in
      try session.transaction { () throws(Failure) in
        let row = try lockRow(environment, in: session)
        let epoch = max(row.epoch + 1, try raise(row.holder, row.epoch + 1))
        try session.rows(
          """
          update opsh_control.lock set epoch = $3, run = $4, host = $5, step = $6, reason = $7
          where stack = $1 and environment = $2
          """,
          [
            .text(stack), .text(environment), .int(epoch), .text(holder.run), Bind(holder.host),
            Bind(holder.step), .text(reason),
          ]
        )
        let from = row.holder?.run == holder.run ? nil : row.holder
        try session.rows(
          """
          insert into opsh_control.takeover
            (stack, environment, epoch, run, host, reason, from_run, from_who)
          values ($1, $2, $3, $4, $5, $6, $7, $8)
          """,
          [
            .text(stack), .text(environment), .int(epoch), .text(holder.run), Bind(holder.host),
            .text(reason), Bind(from?.run), Bind(from?.who),
          ]
        )
        return Claim(environment: environment, run: holder.run, epoch: epoch, takenFrom: from)
      }
    }
  }

  /// Says whether a claim still holds.
  package func standing(
    of claim: Claim,
    _ cancellation: Cancellation
  ) throws(Failure) -> Standing {
    try using(cancellation) { (session) throws(Failure) in
      let found = try session.rows(
        Self.select + " where stack = $1 and environment = $2",
        [.text(stack), .text(claim.environment)]
      )
      guard let row = found.first.map(Row.init) else { return .lost(to: nil) }
      return row.holder?.run == claim.run && row.epoch == claim.epoch
        ? .held : .lost(to: row.holder)
    }
  }

  /// Says which step the holder is in.
  package func describe(
    _ claim: Claim,
    step: String?,
    _ cancellation: Cancellation
  ) throws(Failure) {
    try update("step = $5", claim, [Bind(step)], cancellation)
  }

  /// Gives the lock back; one that was taken over meanwhile is left alone.
  package func release(_ claim: Claim, _ cancellation: Cancellation) throws(Failure) {
    try update("run = null, host = null, step = null, reason = null", claim, [], cancellation)
  }

  private func update(
    _ change: String,
    _ claim: Claim,
    _ binds: [Bind],
    _ cancellation: Cancellation
  ) throws(Failure) {
    try using(cancellation) { (session) throws(Failure) in
      _ = try session.rows(
        """
        update opsh_control.lock set \(change)
        where stack = $1 and environment = $2 and run = $3 and epoch = $4
        """,
        [.text(stack), .text(claim.environment), .text(claim.run), .int(claim.epoch)] + binds
      )
    }
  }

  // MARK: - Rows

  private struct Row {
    var epoch: Int64
    var holder: EnvironmentLock.Holder?

    init(_ cells: [String?]) {
      epoch = cells[0].flatMap { Int64($0) } ?? 0
      guard let run = cells[1], let since = cells[5].flatMap({ Int64($0) }) else { return }
      holder = EnvironmentLock.Holder(
        who: cells[2] ?? "",
        run: run,
        step: cells[4],
        since: Time(microseconds: since),
        host: cells[3],
        reason: cells[6]
      )
    }
  }

  private static let select = """
    select epoch, run, who, host, step, (extract(epoch from since) * 1000000)::bigint, reason
    from opsh_control.lock
    """

  /// Reads an environment's row and keeps everybody else from changing it until the end of the
  /// transaction; makes it where there is none.
  private func lockRow(_ environment: String, in session: ControlSession) throws(Failure) -> Row {
    let key: [Bind] = [.text(stack), .text(environment)]
    try session.rows(
      """
      insert into opsh_control.lock (stack, environment, epoch) values ($1, $2, 0)
      on conflict do nothing
      """,
      key
    )
    let found = try session.rows(
      Self.select + " where stack = $1 and environment = $2 for update",
      key
    )
    return Row(found[0])
  }
}

extension Bind {
  init(_ text: String?) {
    self = text.map { .text($0) } ?? .null
  }
}
