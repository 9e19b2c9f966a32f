internal import Objects
internal import Postgres
internal import Values

/// The row that turns away a run which lost its lock while it was not looking.
///
/// Table `opsh.fence(environment, epoch)`. Every marked transaction holds its row until its end, so a
/// takeover, which raises it first, comes before the whole of it or after the whole of it.
enum FenceTable {
  /// What the server says of an epoch that is older than the fence.
  static let isOld = "OPF01"
  /// The row is gone, so nobody can tell.
  static let isMissing = "OPF02"

  static let create = [
    "create schema if not exists opsh",
    """
    create table if not exists opsh.fence (environment text primary key, epoch bigint not null)
    """,
    """
    create or replace function opsh.pass_fence(wanted text, mine bigint) returns void
    language plpgsql set search_path = pg_catalog, pg_temp as $$
    declare present bigint;
    begin
      select f.epoch into present from opsh.fence f where f.environment = wanted for share;
      if present is null then
        raise exception '% has no fence, so nobody can tell whether this run still has it', wanted
          using errcode = 'OPF02';
      elsif present > mine then
        raise exception '% was taken over: its fence is at %, this run has %',
          wanted, present, mine using errcode = 'OPF01';
      end if;
    end $$
    """,
  ]
  static let pass = "select opsh.pass_fence($1, $2)"
  static let find = "select epoch from opsh.fence where environment = $1"
  /// A row that is there already is at least as high afterwards.
  static let keep = """
    insert into opsh.fence as f (environment, epoch) values ($1, $2)
    on conflict (environment) do update set epoch = greatest(f.epoch, excluded.epoch)
    returning epoch
    """
  /// Whoever raises it comes before nobody else who does.
  static let raise = """
    insert into opsh.fence as f (environment, epoch) values ($1, $2)
    on conflict (environment) do update set epoch = greatest(f.epoch + 1, excluded.epoch)
    returning epoch
    """
  static let state = """
    select case
        when to_regclass('opsh.fence') is null
          or to_regprocedure('opsh.pass_fence(text, bigint)') is null then null
        else has_table_privilege('opsh.fence', 'select')
          and has_table_privilege('opsh.fence', 'insert')
          and has_table_privilege('opsh.fence', 'update') end as usable,
      case when to_regnamespace('opsh') is null
        then has_database_privilege(current_database(), 'create')
        else has_schema_privilege('opsh', 'create') end as creatable
    """
  static let endSessions = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = $1 and pid <> pg_backend_pid()
    """

  static func binds(_ fence: Fence) -> [Bind] { [.text(fence.environment), .int(fence.epoch)] }

  /// What the sessions that change something for a run are called, so that a takeover finds them.
  static func sessionName(of run: String) -> String { "opsh \(run)" }
}

extension PostgresDatabase {
  /// Makes sure that the fence stands and that a run's epoch is in it, before its transaction begins.
  ///
  /// Gives false where the role may not keep one.
  func prepareFence(
    _ fence: Fence,
    on connection: Connection,
    in context: CallContext
  ) throws(Failure) -> Bool {
    guard try makeFence(on: connection, in: context) else { return false }
    let found = try cells(FenceTable.find, [.text(fence.environment)], on: connection, in: context)
    if let epoch = found.flatMap({ Int64($0) }), epoch >= fence.epoch { return true }
    _ = try cells(FenceTable.keep, FenceTable.binds(fence), on: connection, in: context)
    return true
  }

  /// Makes the table where it is missing; false where the role may not.
  func makeFence(
    on connection: Connection,
    in context: CallContext
  ) throws(Failure) -> Bool {
    let state = try row(FenceTable.state, [], on: connection, in: context)
    switch (state[0], state[1]) {
    case ("t", _): return true
    case (nil, "t"):
      try createBookkeeping(FenceTable.create, on: connection, in: context)
      return true
    default: return false
    }
  }

  func row(
    _ sql: String,
    _ binds: [Bind],
    on connection: Connection,
    in context: CallContext
  ) throws(Failure) -> [String?] {
    do throws(PostgresError) {
      let cursor = try connection.query(
        sql,
        binds,
        deadline: context.duration,
        cancelOn: context.cancellation.descriptor
      )
      var first: [String?] = cursor.columns.map { _ in nil }
      if let row = try cursor.next() { first = (0..<row.count).map { row.text($0) } }
      while try cursor.next() != nil {}
      return first
    } catch {
      throw failure(error, context)
    }
  }

  private func cells(
    _ sql: String,
    _ binds: [Bind],
    on connection: Connection,
    in context: CallContext
  ) throws(Failure) -> String? {
    try row(sql, binds, on: connection, in: context).first ?? nil
  }
}
