package import Objects
package import Values

/// What a person looks at when a database is slow, stuck or filling up, and the two signals that
/// they may send to a session.
package protocol DatabaseInspection: Sendable {
  /// Sessions: pid, user, application, state, age, writes, query, ….
  func activity(in context: CallContext) throws(Failure) -> [Record]
  /// Who blocks whom as a tree, each blocker before what waits for it: depth, pid, blocked_by, on,
  /// mode, holds, waiting, query, ….
  func locks(in context: CallContext) throws(Failure) -> [Record]
  /// The statements that took the most time, by `pg_stat_statements`; refused where that is missing.
  func slowQueries(in context: CallContext) throws(Failure) -> [Record]
  /// Primary or replica, who streams from it and how far behind, which slots hold WAL back.
  func replication(in context: CallContext) throws(Failure) -> Record
  /// Sequences, the one nearest to its end first; the end is that of the column where it is nearer.
  func sequences(in context: CallContext) throws(Failure) -> [Record]
  /// Tables with what is dead in them, what is likely wasted and how near their ids are to the wrap.
  func bloat(in context: CallContext) throws(Failure) -> [Record]
  /// What PgBouncer says of its pools; refused where the URL is not a pooler's.
  func pools(in context: CallContext) throws(Failure) -> [Record]

  /// Stops the statement that a session runs; the session stays.
  func cancel(_ target: Plan.Target, pid: Int64, in context: CallContext) throws(Failure) -> Plan
  /// Ends a session, and with it the transaction that it has open.
  func terminate(_ target: Plan.Target, pid: Int64, in context: CallContext) throws(Failure) -> Plan
}
