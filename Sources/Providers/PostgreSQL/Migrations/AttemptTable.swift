internal import Objects
internal import Postgres
internal import Values

/// What opsh is applying now as one transaction with its bookkeeping.
///
/// Table `opsh.migration_attempt`. A row is made before the transaction and removed in it: one that
/// is left when its session is gone proves that nothing of the migration was kept. Prisma's own
/// unfinished row proves nothing, since its script and its bookkeeping are several transactions.
enum AttemptTable {
  static let create = [
    "create schema if not exists opsh",
    """
    create table if not exists opsh.migration_attempt (
      id text primary key, run text not null, pid integer not null,
      backend_start timestamptz not null)
    """,
  ]
  static let begin = """
    insert into opsh.migration_attempt (id, run, pid, backend_start)
    select $1, $2, pid, backend_start from pg_stat_get_activity(pg_backend_pid())
    on conflict (id) do update
      set run = excluded.run, pid = excluded.pid, backend_start = excluded.backend_start
    """
  static let end = "delete from opsh.migration_attempt where id = $1"
  static let state = """
    select case when to_regclass('opsh.migration_attempt') is null then null
        else has_table_privilege('opsh.migration_attempt', 'select, insert, update, delete') end
        as usable,
      case when to_regnamespace('opsh') is null
        then has_database_privilege(current_database(), 'create')
        else has_schema_privilege('opsh', 'create') end as creatable
    """
  static let isReadable = """
    select case when to_regclass('opsh.migration_attempt') is null then false
      else has_table_privilege('opsh.migration_attempt', 'select') end
    """
  /// Those whose session is gone; of other people's sessions the start may be hidden.
  static let undone = """
    select a.id from opsh.migration_attempt a
    where not exists (
      select from pg_stat_activity s where s.pid = a.pid
        and (s.backend_start is null or s.backend_start = a.backend_start))
    """
}

extension PostgresDatabase {
  /// The attempts that provably kept nothing, if the table does not say that they are finished.
  func undoneAttempts(in context: CallContext) throws(Failure) -> Set<String> {
    guard try value(AttemptTable.isReadable, in: context).asBool == true else { return [] }
    return Set(
      try rows(AttemptTable.undone, in: context).compactMap { row in
        if case .text(let id)? = row.cells.first { id } else { nil }
      }
    )
  }
}
