package import Objects
package import Stack
package import Values

/// What is in the database is PostgreSQL's business.
extension NeonDatabase {
  package func access(in context: CallContext) throws(Failure) -> DatabaseAccess {
    try postgres.access(in: context)
  }

  package func size(in context: CallContext) throws(Failure) -> Int64 {
    try postgres.size(in: context)
  }

  package func tables(in context: CallContext) throws(Failure) -> [Record] {
    try postgres.tables(in: context)
  }

  package func query(
    _ statement: SQLTemplate,
    in context: CallContext
  ) throws(Failure) -> any ValueStream {
    try postgres.query(statement, in: context)
  }

  package func explain(
    _ statement: SQLTemplate,
    in context: CallContext
  ) throws(Failure) -> [String] {
    try postgres.explain(statement, in: context)
  }

  package func migrations(in context: CallContext) throws(Failure) -> [Migration] {
    try postgres.migrations(in: context)
  }

  package func compare(
    with other: any DatabaseService,
    in context: CallContext
  ) throws(Failure) -> [Record] {
    try postgres.compare(with: other, in: context)
  }

  package func writesAreStopped(in context: CallContext) throws(Failure) -> Bool {
    try postgres.writesAreStopped(in: context)
  }

  package func execute(
    _ target: Plan.Target,
    _ request: WriteRequest,
    in context: CallContext
  ) throws(Failure) -> Plan {
    try postgres.execute(target, request, in: context)
  }

  package func stopWrites(
    _ target: Plan.Target,
    in context: CallContext
  ) throws(Failure) -> Plan {
    try postgres.stopWrites(target, in: context)
  }

  package func allowWrites(
    _ target: Plan.Target,
    in context: CallContext
  ) throws(Failure) -> Plan {
    try postgres.allowWrites(target, in: context)
  }
}
