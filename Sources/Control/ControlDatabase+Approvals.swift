internal import Postgres
package import Values

/// Steps that need a second person: what waits for them, and who said yes.
extension ControlDatabase {
  /// A step before which a run was put down.
  package struct Pause: Hashable, Sendable {
    package let run: String
    package let step: String
    /// The hash of what the step would do: a yes is for exactly that.
    package let shown: String
    /// How many people in all, the one who started it included.
    package let needed: Int
    /// What the second person is to see.
    package let content: JSON
    package let who: String
    package let at: Time
  }

  package struct Approval: Hashable, Sendable {
    package let who: String
    package let at: Time
  }

  /// Says that a run waits before a step; the same again changes nothing.
  package func pause(
    _ run: String,
    before step: String,
    shown: String,
    needed: Int,
    content: JSON,
    _ cancellation: Cancellation
  ) throws(Failure) {
    try using(cancellation) { (session) throws(Failure) in
      _ = try session.rows(
        """
        insert into opsh_control.pause (stack, run, step, shown, needed, content)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing
        """,
        [
          .text(stack), .text(run), .text(step), .text(shown), .int(Int64(needed)),
          .text(String(decoding: content.bytes(isCanonical: true), as: UTF8.self)),
        ]
      )
    }
  }

  /// Where a run waits or waited, the newest first; a run may be named by the beginning of its id.
  package func pauses(of run: String, _ cancellation: Cancellation) throws(Failure) -> [Pause] {
    try using(cancellation) { (session) throws(Failure) in
      try session.rows(
        """
        select run, step, shown, needed, content, who, (extract(epoch from at) * 1000000)::bigint
        from opsh_control.pause where stack = $1 and starts_with(run, $2) order by at desc
        """,
        [.text(stack), .text(run)]
      ).map { cells in
        Pause(
          run: cells[0] ?? "",
          step: cells[1] ?? "",
          shown: cells[2] ?? "",
          needed: cells[3].flatMap { Int($0) } ?? 0,
          content: (try? JSON.parse(Array((cells[4] ?? "").utf8))) ?? .null,
          who: cells[5] ?? "",
          at: Time(microseconds: cells[6].flatMap { Int64($0) } ?? 0)
        )
      }
    }
  }

  /// Who else said yes to exactly what was shown.
  package func approvals(
    of run: String,
    step: String,
    shown: String,
    _ cancellation: Cancellation
  ) throws(Failure) -> [Approval] {
    try using(cancellation) { (session) throws(Failure) in
      try session.rows(
        """
        select who, (extract(epoch from at) * 1000000)::bigint from opsh_control.approval
        where stack = $1 and run = $2 and step = $3 and shown = $4 order by at
        """,
        [.text(stack), .text(run), .text(step), .text(shown)]
      ).map { cells in
        Approval(
          who: cells[0] ?? "",
          at: Time(microseconds: cells[1].flatMap { Int64($0) } ?? 0)
        )
      }
    }
  }

  /// Says yes as whoever the server says we are.
  package func approve(_ pause: Pause, _ cancellation: Cancellation) throws(Failure) {
    try using(cancellation) { (session) throws(Failure) in
      _ = try session.rows(
        """
        insert into opsh_control.approval (stack, run, step, shown) values ($1, $2, $3, $4)
        on conflict do nothing
        """,
        [.text(stack), .text(pause.run), .text(pause.step), .text(pause.shown)]
      )
    }
  }

  /// Who the server says we are.
  package func user(_ cancellation: Cancellation) throws(Failure) -> String {
    try using(cancellation) { (session) throws(Failure) in
      try session.rows("select session_user")[0][0] ?? ""
    }
  }
}
