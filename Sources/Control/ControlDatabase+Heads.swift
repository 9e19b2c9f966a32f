internal import Postgres
package import Values

/// The heads that journals had: what is told here can not be taken back.
extension ControlDatabase {
  package struct Head: Hashable, Sendable {
    package let head: String
    package let records: Int64
    package let who: String
    package let at: Time
  }

  package func keepHead(
    _ head: String,
    records: Int64,
    of run: String,
    _ cancellation: Cancellation
  ) throws(Failure) {
    try using(cancellation) { (session) throws(Failure) in
      _ = try session.rows(
        """
        insert into opsh_control.head (stack, run, head, records) values ($1, $2, $3, $4)
        on conflict do nothing
        """,
        [.text(stack), .text(run), .text(head), .int(records)]
      )
    }
  }

  /// Every head that was told of a run, the oldest first.
  package func heads(of run: String, _ cancellation: Cancellation) throws(Failure) -> [Head] {
    try using(cancellation) { (session) throws(Failure) in
      try session.rows(
        """
        select head, records, who, (extract(epoch from at) * 1000000)::bigint
        from opsh_control.head where stack = $1 and run = $2 order by records, at
        """,
        [.text(stack), .text(run)]
      ).map { cells in
        Head(
          head: cells[0] ?? "",
          records: cells[1].flatMap { Int64($0) } ?? 0,
          who: cells[2] ?? "",
          at: Time(microseconds: cells[3].flatMap { Int64($0) } ?? 0)
        )
      }
    }
  }
}
