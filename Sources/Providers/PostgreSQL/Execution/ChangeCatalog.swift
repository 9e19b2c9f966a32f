internal import SQLText
internal import Values

/// The tables that a change may reach, and what ties them together, as the catalogue has it.
struct ChangeCatalog: Sendable {
  struct Table: Sendable {
    let id: Int64
    /// As the search path lets it be called.
    let name: String
    /// `relkind`: `r` a table, `p` a partitioned one, `f` a foreign one, `v` a view.
    let kind: String
    /// The server's estimate; nothing where it was never counted.
    let rows: Int64?
    /// What it inherits from, or is a partition of.
    let parents: [Int64]
    let isPartition: Bool
    /// The columns that hold no nulls.
    let notNull: Set<String>
  }

  struct ForeignKey: Sendable {
    let name: String
    let child: Int64
    let parent: Int64
    /// `c` cascade, `n` set null, `d` set default, `a` no action, `r` restrict.
    let onDelete: String
    let onUpdate: String
    let childColumns: [String]
    let parentColumns: [String]
  }

  struct Trigger: Sendable {
    let table: Int64
    let name: String
    /// The bits of `pg_trigger.tgtype`.
    let type: Int
    /// Those of `update of …`; all where there are none.
    let columns: [String]
    let function: Int64
    /// The server made it from that of the partitioned table.
    let isClone: Bool

    var isForEachRow: Bool { type & 1 != 0 }

    func fires(on operation: ChangeEvent.Operation) -> Bool {
      switch operation {
      case .insert: type & 4 != 0
      case .delete: type & 8 != 0
      case .update(let changed):
        type & 16 != 0 && (columns.isEmpty || !changed.isDisjoint(with: columns))
      case .truncate: type & 32 != 0
      }
    }
  }

  struct Rule: Sendable {
    let table: Int64
    let name: String
    /// `pg_rewrite.ev_type`: 2 update, 3 insert, 4 delete.
    let event: String
  }

  /// The tables asked for, in their order; nothing for what does not exist.
  let roots: [Int64?]
  let tables: [Int64: Table]
  let keys: [ForeignKey]
  let triggers: [Trigger]
  let rules: [Rule]

  init(_ json: JSON) {
    func ids(_ json: JSON?) -> [Int64] { json?.arrayValue?.compactMap(\.intValue) ?? [] }
    func texts(_ json: JSON?) -> [String] { json?.arrayValue?.compactMap(\.stringValue) ?? [] }
    func entries(_ name: String) -> [JSON] { json[name]?.arrayValue ?? [] }
    func text(_ entry: JSON, _ name: String) -> String { entry[name]?.stringValue ?? "" }
    func id(_ entry: JSON, _ name: String) -> Int64 { entry[name]?.intValue ?? 0 }
    roots = entries("roots").map(\.intValue)
    let found = entries("tables").map { entry in
      Table(
        id: id(entry, "id"),
        name: text(entry, "name"),
        kind: text(entry, "kind"),
        rows: entry["rows"]?.intValue,
        parents: ids(entry["parents"]),
        isPartition: entry["partition"]?.boolValue == true,
        notNull: Set(texts(entry["not_null"]))
      )
    }
    tables = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    keys = entries("keys").map { entry in
      ForeignKey(
        name: text(entry, "name"),
        child: id(entry, "child"),
        parent: id(entry, "parent"),
        onDelete: text(entry, "on_delete"),
        onUpdate: text(entry, "on_update"),
        childColumns: texts(entry["child_columns"]),
        parentColumns: texts(entry["parent_columns"])
      )
    }
    triggers = entries("triggers").map { entry in
      Trigger(
        table: id(entry, "table"),
        name: text(entry, "name"),
        type: Int(id(entry, "type")),
        columns: texts(entry["columns"]),
        function: id(entry, "function"),
        isClone: entry["clone"]?.boolValue == true
      )
    }
    rules = entries("rules").map { entry in
      Rule(table: id(entry, "table"), name: text(entry, "name"), event: text(entry, "event"))
    }
  }

  /// All that inherit from a table or are partitions of it, at any depth.
  func descendants(of table: Int64) -> [Table] {
    var found: [Int64: Table] = [:]
    var open = [table]
    while let next = open.popLast() {
      for child in tables.values where child.parents.contains(next) && found[child.id] == nil {
        found[child.id] = child
        open.append(child.id)
      }
    }
    return found.values.sorted { $0.name < $1.name }
  }

  /// The partitioned tables that a partition belongs to.
  func partitioned(above table: Int64) -> [Int64] {
    var found: [Int64] = []
    var next = tables[table]
    while let current = next, current.isPartition, let parent = current.parents.first,
      !found.contains(parent)
    {
      found.append(parent)
      next = tables[parent]
    }
    return found
  }

  /// The server's estimate, of a partitioned table that of its partitions.
  func rows(of id: Int64) -> Int64? {
    guard let table = tables[id] else { return nil }
    guard table.kind == "p" else { return table.rows }
    let parts = descendants(of: id).filter { $0.kind != "p" }
    guard parts.contains(where: { $0.rows != nil }) else { return table.rows }
    return parts.reduce(0) { $0 + ($1.rows ?? 0) }
  }

  /// Gives one row with one JSON; its bind is the tables' names as SQL has them, as `text[]`.
  ///
  /// Walks foreign keys and inheritance in both directions: a key may point to the partitioned table
  /// of a partition, and to a partition of a partitioned table.
  static let query = """
    with recursive roots as (
      select place, to_regclass(name)::oid as id
      from unnest($1::text[]) with ordinality as named(name, place)
    ), reached(id) as (
      select id from roots where id is not null
      union
      select next.id from reached, lateral (
        select conrelid from pg_constraint
        where contype = 'f' and conparentid = 0 and confrelid = reached.id
        union all select inhrelid from pg_inherits where inhparent = reached.id
        union all select inhparent from pg_inherits where inhrelid = reached.id
      ) as next(id)
    )
    select json_build_object(
      'roots', (select json_agg(id::bigint order by place) from roots),
      'tables', (select json_agg(json_build_object(
          'id', c.oid::bigint, 'name', c.oid::regclass::text, 'kind', c.relkind,
          'rows', case when c.reltuples >= 0 then c.reltuples::bigint end,
          'parents', (select json_agg(inhparent::bigint) from pg_inherits where inhrelid = c.oid),
          'partition', c.relispartition,
          'not_null', (select json_agg(attname) from pg_attribute
            where attrelid = c.oid and attnum > 0 and not attisdropped and attnotnull)))
        from pg_class c where c.oid in (select id from reached)),
      'keys', (select json_agg(json_build_object(
          'name', k.conname, 'child', k.conrelid::bigint, 'parent', k.confrelid::bigint,
          'on_delete', k.confdeltype, 'on_update', k.confupdtype,
          'child_columns', (select json_agg(attname order by place)
            from unnest(k.conkey) with ordinality as u(number, place)
              join pg_attribute on attrelid = k.conrelid and attnum = number),
          'parent_columns', (select json_agg(attname order by place)
            from unnest(k.confkey) with ordinality as u(number, place)
              join pg_attribute on attrelid = k.confrelid and attnum = number)) order by k.conname)
        from pg_constraint k
        where k.contype = 'f' and k.conparentid = 0 and k.confrelid in (select id from reached)),
      'triggers', (select json_agg(json_build_object(
          'table', t.tgrelid::bigint, 'name', t.tgname, 'type', t.tgtype,
          'function', t.tgfoid::bigint, 'clone', t.tgparentid <> 0,
          'columns', (select json_agg(attname) from unnest(t.tgattr::int2[]) as number
            join pg_attribute on attrelid = t.tgrelid and attnum = number)) order by t.tgname)
        from pg_trigger t
        where not t.tgisinternal and t.tgenabled in ('O', 'A')
          and t.tgrelid in (select id from reached)),
      'rules', (select json_agg(json_build_object(
          'table', r.ev_class::bigint, 'name', r.rulename, 'event', r.ev_type) order by r.rulename)
        from pg_rewrite r
        where r.rulename <> '_RETURN' and r.ev_enabled in ('O', 'A')
          and r.ev_class in (select id from reached)))
    """
}
