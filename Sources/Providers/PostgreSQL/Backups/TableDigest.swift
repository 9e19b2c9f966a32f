internal import SQLText

/// A table's rows as one number that does not depend on their order.
struct TableDigest: Hashable, Sendable {
  let rows: Int64
  /// The sum of the rows' hashes; nothing where they were only counted.
  let checksum: String?

  /// Gives the count and, if wanted, the sum of the hashes of all rows.
  static func sql(of table: QualifiedName, hashesRows: Bool) -> String {
    let sum =
      hashesRows
      ? "coalesce(sum(hashtextextended((x.*)::text, 0)::numeric), 0)::text" : "null::text"
    return "select count(*), \(sum) from \(table.sql) x"
  }

  /// Every table that people made: opsh's own apart, and those that an extension brings along.
  static let tables = """
    select n.nspname::text, c.relname::text
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
      and n.nspname not in ('information_schema', 'opsh') and n.nspname !~ '^pg_'
      and not exists (select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by 1, 2
    """
}
