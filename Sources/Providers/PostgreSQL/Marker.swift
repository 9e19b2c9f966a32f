internal import Objects
internal import Postgres
internal import Values

/// The row that proves that a change was committed: it is in the same transaction.
///
/// A change in batches has two rows more, which say that it was begun and how far it is
/// (``BatchMarker``). Table `opsh.marker(run, path, head)`, whose primary key lets a second attempt wait for one in
/// flight; `head` is the journal's, put there at the end of its run.
enum Marker {
  enum Availability {
    case present, creatable, missing
  }

  static let create = [
    "create schema if not exists opsh",
    """
    create table if not exists opsh.marker (
      run text not null, path text not null, head text, primary key (run, path))
    """,
  ]
  static let hasHead = """
    select exists (select from pg_attribute
      where attrelid = to_regclass('opsh.marker') and attname = 'head' and not attisdropped)
    """
  /// For a table that was made before it had one.
  static let addHead = "alter table opsh.marker add column if not exists head text"
  static let keepHead = "update opsh.marker set head = $2 where run = $1"
  static let heads = """
    select distinct head from opsh.marker where run = $1 and head is not null
    """
  static let insert = "insert into opsh.marker (run, path) values ($1, $2)"
  static let find = "select 1 from opsh.marker where run = $1 and path = $2"
  static let isPresent = "select to_regclass('opsh.marker') is not null"

  /// A performer's key is the run's id, a slash and the effect's place in it.
  static func binds(_ key: String) -> [Bind] {
    let parts = key.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    return [.text(String(parts.first ?? "")), .text(parts.count > 1 ? String(parts[1]) : "")]
  }
}

extension PostgresDatabase {
  func markerAvailability(in context: CallContext) throws(Failure) -> Marker.Availability {
    let row = try rows(
      """
      select case when to_regclass('opsh.marker') is null then null
          else has_table_privilege('opsh.marker', 'insert, select') end as usable,
        case when to_regnamespace('opsh') is null
          then has_database_privilege(current_database(), 'create')
          else has_schema_privilege('opsh', 'create') end as creatable
      """,
      in: context
    ).first
    switch row?["usable"]?.asBool {
    case true?: return .present
    case false?: return .missing
    case nil: return row?["creatable"]?.asBool == true ? .creatable : .missing
    }
  }

  /// Makes what is missing of opsh's own, each statement in a transaction of its own.
  func createBookkeeping(
    _ statements: [String],
    on connection: Connection,
    in context: CallContext
  ) throws(Failure) {
    for statement in statements {
      do throws(PostgresError) {
        try connection.execute(
          statement,
          deadline: context.duration,
          cancelOn: context.cancellation.descriptor
        )
      } catch {
        // Somebody else made it in the same moment; for a function that is XX000. A schema that is
        // there already is refused to who may make none; without it the next statement fails.
        guard let state = error.sqlState,
          ["23505", "42P06", "42P07", "42701", "42723", "XX000"].contains(state)
            || state == "42501" && statement.hasPrefix("create schema")
        else {
          throw failure(error, isChange: false, context)
        }
      }
    }
  }

  /// Looks whether a change with this key was committed; waits for one that is under way.
  func probeMarker(_ key: String, in context: CallContext) throws(Failure) -> Plan.Probe {
    guard try value(Marker.isPresent, in: context).asBool == true else { return .notDone }
    if try !rows(Marker.find, Marker.binds(key), in: context).isEmpty { return .done }
    let connection = try openWriter(in: context)
    defer { connection.close() }
    let outcome: TransactionOutcome<Never, PostgresError> = connection.transaction(
      deadline: context.duration,
      cancelOn: context.cancellation.descriptor
    ) { () throws(PostgresError) in
      try connection.execute(
        Marker.insert,
        Marker.binds(key),
        deadline: context.duration,
        cancelOn: context.cancellation.descriptor
      )
      // Undone: it was only to meet an attempt that is not over.
      throw PostgresError.cancelled(.undone)
    }
    switch outcome {
    case .rolledBack(.body(.cancelled(.undone))): return .notDone
    case .rolledBack(.body(let error)) where error.sqlState == "23505": return .done
    case .rolledBack, .unknown: return .unknown
    }
  }
}
