extension DatabaseFacts {
  /// Asks the catalogue for all that a review can use.
  ///
  /// Binds: `$1` the names that the migration mentions (``MigrationReview/names(in:)``), as
  /// `text[]`: columns and checks are given of those only. Rows of eight texts: what the row is,
  /// then its schema, its name, and up to five more.
  package static let query = """
    with recursive
    own as (
      select c.*, n.nspname::text as schema, c.relname::text as name
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'i', 'I', 'v', 'm', 'S', 'f', 'c')
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    ),
    heirs(parent, child) as (
      select inhparent, inhrelid from pg_catalog.pg_inherits
      union select h.parent, i.inhrelid from heirs h
        join pg_catalog.pg_inherits i on i.inhparent = h.child
    ),
    uses(relation, attribute, view, direct) as (
      select d.refobjid, d.refobjsubid, r.ev_class, true
      from pg_catalog.pg_depend d join pg_catalog.pg_rewrite r on r.oid = d.objid
      where d.classid = 'pg_catalog.pg_rewrite'::regclass
        and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> r.ev_class
      union select u.relation, 0, r.ev_class, false
      from uses u join pg_catalog.pg_depend d on d.refobjid = u.view
        join pg_catalog.pg_rewrite r on r.oid = d.objid
      where d.classid = 'pg_catalog.pg_rewrite'::regclass
        and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> r.ev_class
    )
    select 'server', current_setting('TimeZone'),
      array_to_string(current_schemas(false), chr(31)), null, null, null, null, null
    union all
    select 'schema', nspname::text, null, null, null, null, null, null from pg_catalog.pg_namespace
    union all
    select 'relation', schema, name, relkind::text, reltuples::bigint::text,
      case when relkind in ('r', 'i', 'm', 'S') then pg_relation_size(oid)::text else '0' end,
      relpersistence::text || coalesce(
        (select spcname::text from pg_catalog.pg_tablespace t where t.oid = reltablespace), ''),
      null
    from own
    union all
    select 'column', o.schema, o.name, a.attname::text, format_type(a.atttypid, a.atttypmod),
      a.attnotnull::text, null, null
    from own o join pg_catalog.pg_attribute a on a.attrelid = o.oid
    where o.name = any ($1::text[]) and a.attnum > 0 and not a.attisdropped
    union all
    select 'constraint', o.schema, o.name, c.conname::text, c.contype::text || c.convalidated::text,
      pg_get_constraintdef(c.oid),
      (select string_agg(a.attname::text, chr(31) order by k.place)
       from unnest(c.conkey) with ordinality as k(number, place)
         join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number),
      null
    from own o join pg_catalog.pg_constraint c on c.conrelid = o.oid
    where c.contype <> 'f' and o.name = any ($1::text[])
    union all
    select 'key', o.schema, o.name, c.conname::text, c.convalidated::text, p.schema, p.name,
      (select string_agg(a.attname::text, chr(31)) from pg_catalog.pg_attribute a
       where a.attrelid = o.oid and a.attnum = any (c.conkey))
    from own o join pg_catalog.pg_constraint c on c.conrelid = o.oid
      join own p on p.oid = c.confrelid
    where c.contype = 'f'
    union all
    select 'index', t.schema, t.name, i.schema, i.name, x.indisvalid::text,
      (select string_agg(a.attname::text, chr(31))
       from pg_catalog.pg_attribute a where a.attrelid = t.oid and a.attnum = any (x.indkey)),
      null
    from pg_catalog.pg_index x join own t on t.oid = x.indrelid join own i on i.oid = x.indexrelid
    union all
    select 'heir', p.schema, p.name, c.schema, c.name,
      (pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT')::text, null, null
    from heirs h join own p on p.oid = h.parent join own c on c.oid = h.child
    union all
    select 'view', o.schema, o.name, v.schema, v.name,
      string_agg(a.attname::text, chr(31)), bool_or(u.direct)::text, null
    from uses u join own o on o.oid = u.relation join own v on v.oid = u.view
      left join pg_catalog.pg_attribute a on a.attrelid = o.oid and a.attnum = u.attribute
        and u.direct
    group by o.schema, o.name, v.schema, v.name
    union all
    select 'type', n.nspname::text, t.typname::text,
      (t.typnotnull or exists (
        select from pg_catalog.pg_constraint c where c.contypid = t.oid))::text,
      o.schema, o.name,
      case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end, null
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
      left join pg_catalog.pg_attribute a on a.atttypid = t.oid and not a.attisdropped
      left join own o on o.oid = a.attrelid and o.relkind in ('r', 'm', 'p')
    where t.typtype in ('d', 'e') and n.nspname <> 'information_schema'
    union all
    select 'function', null, p.proname::text, max(p.provolatile)::text, null, null, null, null
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname <> 'pg_catalog' and p.proname = any ($1::text[]) group by p.proname
    """

  /// Reads the rows of ``query``; a row that is not understood is left out.
  package init(rows: some Sequence<[String?]>) {
    var reader = FactReader()
    for row in rows where row.count == 8 { reader.read(row) }
    self.init(Array(reader.relations.values))
    reader.finish(&self)
  }
}

private struct FactReader {
  var relations: [QualifiedName: RelationFacts] = [:]
  private var types: [QualifiedName: TypeFacts] = [:]
  private var volatilities: [String: String] = [:]
  private var schemas: Set<String> = []
  private var server: [String?] = []

  mutating func read(_ row: [String?]) {
    let name = QualifiedName(schema: row[1], name: row[2] ?? "")
    switch row[0] {
    case "server": server = row
    case "schema": if let schema = row[1] { schemas.insert(schema) }
    case "function": volatilities[name.name] = row[3] ?? "v"
    case "type": readType(name, row)
    case "relation": readRelation(name, row)
    default: readPart(name, row)
    }
  }

  private mutating func readRelation(_ name: QualifiedName, _ row: [String?]) {
    guard let kind = row[3].flatMap(RelationFacts.Kind.init) else { return }
    let rows = row[4].flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
    var relation = RelationFacts(name, kind, rows: rows, bytes: row[5].flatMap { Int($0) } ?? 0)
    relation.isLogged = row[6]?.first != "u"
    relation.tablespace = String(row[6]?.dropFirst() ?? "")
    relations[name] = relation
  }

  private mutating func readType(_ name: QualifiedName, _ row: [String?]) {
    var type = types[name] ?? TypeFacts(name, base: row[6], isConstrained: row[3] == "true")
    if let schema = row[4], let table = row[5] {
      type.tables.append(QualifiedName(schema: schema, name: table))
    }
    types[name] = type
  }

  private mutating func readPart(_ name: QualifiedName, _ row: [String?]) {
    let other = QualifiedName(schema: row[3], name: row[4] ?? "")
    switch row[0] {
    case "column":
      relations[name]?.columns.append(
        ColumnFacts(row[3] ?? "", row[4] ?? "", isNotNull: row[5] == "true")
      )
    case "constraint":
      relations[name]?.constraints.append(
        ConstraintFacts(
          row[3] ?? "",
          kind: String(row[4]?.prefix(1) ?? ""),
          isValid: row[4]?.hasSuffix("true") ?? false,
          definition: row[5] ?? "",
          columns: Self.list(row[6])
        )
      )
    case "key":
      let parent = QualifiedName(schema: row[5], name: row[6] ?? "")
      relations[name]?.constraints.append(
        ConstraintFacts(
          row[3] ?? "",
          kind: "f",
          isValid: row[4] == "true",
          columns: Self.list(row[7]),
          referenced: parent
        )
      )
      relations[parent]?.referencedBy.append(name)
    case "index":
      relations[name]?.indexes.append(
        IndexFacts(other, isValid: row[5] == "true", columns: Self.list(row[6]))
      )
      relations[other]?.table = name
    case "heir":
      relations[name]?.children.append(other)
      if row[5] == "true" { relations[name]?.defaultPartition = other }
    case "view":
      relations[name]?.views.append(ViewFacts(other, columns: Self.list(row[5])))
      relations[other]?.reads.append(name)
    default: break
    }
  }

  func finish(_ facts: inout DatabaseFacts) {
    facts.types = Array(types.values)
    facts.volatilities = volatilities
    facts.schemas = schemas
    guard server.count == 8 else { return }
    facts.hasUTC = ZoneName.isUTC(server[1] ?? "")
    facts.searchPath = Self.list(server[2])
  }

  /// Names are joined by a character that no sensible name holds.
  private static func list(_ text: String?) -> [String] {
    text.map { $0.split(separator: "\u{1F}").map(String.init) } ?? []
  }
}

/// The names of time zones that have no offset at any time.
enum ZoneName {
  static func isUTC(_ name: String) -> Bool {
    ["utc", "gmt", "etc/utc", "etc/gmt", "zulu", "uct", "universal", "etc/universal", "0", "00:00"]
      .contains(name.lowercased())
  }
}
