internal import Migrations
internal import Objects
internal import SQLText
internal import Values

/// An index that a CREATE INDEX CONCURRENTLY left behind when it failed: writes keep it up to date,
/// and no read uses it.
struct InvalidIndex: Hashable, Sendable {
  var schema: String
  var name: String
  var table: String
  /// Somebody is at it now, so it is not left behind.
  var isBeingBuilt: Bool

  var mend: String {
    "drop index concurrently \(QualifiedName(schema: schema, name: name).sql)"
  }

  /// Says that a statement would make this one.
  func isThat(of index: ConcurrentIndex) -> Bool {
    name == index.name && table == index.table.name
      && (index.table.schema ?? schema) == schema
  }
}

extension PostgresDatabase {
  func invalidIndexes(in context: CallContext) throws(Failure) -> [InvalidIndex] {
    let found = try rows(
      """
      select n.nspname::text as schema, c.relname::text as name, t.relname::text as "table",
        exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid)
          as building
      from pg_index i join pg_class c on c.oid = i.indexrelid
        join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
      where not i.indisvalid and c.relkind = 'i' and n.nspname !~ '^pg_'
      order by 1, 2
      """,
      in: context
    )
    return found.map { row in
      InvalidIndex(
        schema: row["schema"]?.asText ?? "",
        name: row["name"]?.asText ?? "",
        table: row["table"]?.asText ?? "",
        isBeingBuilt: row["building"]?.asBool == true
      )
    }
  }
}
