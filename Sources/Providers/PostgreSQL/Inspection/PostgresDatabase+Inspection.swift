package import Objects
package import Stack
package import Values

extension PostgresBacked {
  package var inspection: any DatabaseInspection { postgres }
}

/// What the server's own statistics say of a database that is slow or filling up.
extension PostgresDatabase: DatabaseInspection {
  package func slowQueries(in context: CallContext) throws(Failure) -> [Record] {
    let schema = try value(
      """
      select quote_ident(n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace
      where e.extname = 'pg_stat_statements'
      """,
      in: context
    )
    guard case .text(let schema) = schema else {
      throw Failure(
        .refused,
        "\(label) keeps no statistics of its statements: pg_stat_statements is not installed there",
        advice: [
          "its administrator can: shared_preload_libraries = 'pg_stat_statements' and a restart,",
          "then create extension pg_stat_statements (at Neon the second is enough)",
          "what runs right now is in activity",
        ]
      )
    }
    let found = try rows(
      """
      select s.query, s.calls, s.total_exec_time * interval '1 ms' as total,
        100 * s.total_exec_time / nullif(sum(s.total_exec_time) over (), 0) as share,
        s.mean_exec_time * interval '1 ms' as mean, s.max_exec_time * interval '1 ms' as max,
        s.rows,
        100.0 * s.shared_blks_hit / nullif(s.shared_blks_hit + s.shared_blks_read, 0) as cache_hits,
        r.rolname::text as "user"
      from \(schema).pg_stat_statements s left join pg_roles r on r.oid = s.userid
      where s.dbid = (select oid from pg_database where datname = current_database())
      order by s.total_exec_time desc, s.queryid limit 50
      """,
      in: context
    )
    return found.map { $0.with(percents: ["share", "cache_hits"]) }
  }

  package func replication(in context: CallContext) throws(Failure) -> Record {
    let own = try rows(
      """
      select case when pg_is_in_recovery() then 'replica' else 'primary' end as role,
        case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end
          ::text as position,
        case when not pg_is_in_recovery() then null
          when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then interval '0'
          else clock_timestamp() - pg_last_xact_replay_timestamp() end as lag,
        (select sender_host || ':' || sender_port from pg_stat_wal_receiver) as upstream
      """,
      in: context
    )
    let standbys = try rows(
      """
      select application_name as name, client_addr::text as address, state, sync_state as sync,
        pg_wal_lsn_diff(\(Self.newestWAL), replay_lsn)::int8 as behind,
        coalesce(replay_lag, interval '0') as lag
      from pg_stat_replication order by 5 desc nulls first, 1
      """,
      in: context
    )
    let slots = try rows(
      """
      select slot_name::text as name, slot_type as kind, active,
        pg_wal_lsn_diff(\(Self.newestWAL), restart_lsn)::int8 as holds_back, wal_status as state
      from pg_replication_slots order by 4 desc nulls last, 1
      """,
      in: context
    )
    guard let own = own.first else { throw Failure(.failed, "\(label) gave no answer") }
    return Record(
      shape: RecordShape(own.shape.names + ["standbys", "slots"]),
      cells: own.cells + [
        .list(standbys.map { .record($0.with(sizes: ["behind"])) }),
        .list(slots.map { .record($0.with(sizes: ["holds_back"])) }),
      ]
    )
  }

  /// A replica that others stream from has its newest WAL from elsewhere.
  private static let newestWAL = """
    case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end
    """

  package func sequences(in context: CallContext) throws(Failure) -> [Record] {
    let found = try rows(
      """
      with owned as (
        select s.schemaname, s.sequencename, s.last_value, s.increment_by, s.min_value, s.max_value,
          s.cycle, t.relname || '.' || a.attname as "column",
          case a.atttypid when 21 then 32767 when 23 then 2147483647 end::int8 as largest
        from pg_sequences s
          join pg_namespace n on n.nspname = s.schemaname
          join pg_class c on c.relnamespace = n.oid and c.relname = s.sequencename
          left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid
            and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
          left join pg_class t on t.oid = d.refobjid
          left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      ), ending as (
        select *, case when increment_by > 0 then least(max_value, largest)
            else greatest(min_value, -largest - 1) end as ends,
          case when increment_by > 0 then min_value else max_value end as begins,
          case when increment_by > 0 then largest < max_value
            else -largest - 1 > min_value end as by_column
        from owned
      )
      select case when schemaname = 'public' then '' else schemaname || '.' end || sequencename
          as sequence,
        "column", last_value as last, ends as "end",
        case when last_value is null then 0 else
          least(100, 100 * (last_value::numeric - begins + sign(increment_by))
            / nullif(ends::numeric - begins + sign(increment_by), 0)) end::float8 as used,
        least(9223372036854775807, case when last_value is null
          then div(ends::numeric - begins, increment_by) + 1
          else greatest(0, div(ends::numeric - last_value, increment_by)) end)::int8 as "left",
        case when by_column then 'column' else 'sequence' end as limited_by, cycle as cycles
      from ending order by 5 desc, 1
      """,
      in: context
    )
    return found.map { $0.with(percents: ["used"]) }
  }

  /// The estimate compares the pages that a table has with those that its rows would fill by the
  /// planner's statistics (header 24 bytes, line pointer 4, pages of `block_size` less their header,
  /// the table's own fill factor): what is stored out of line is not in it.
  package func bloat(in context: CallContext) throws(Failure) -> [Record] {
    let found = try rows(
      """
      with width as (
        select schemaname, tablename, sum((1 - null_frac) * avg_width) as bytes
        from pg_stats group by 1, 2
      ), filled as (
        select c.oid, n.nspname, c.relname, c.reltuples, c.relfrozenxid,
          pg_relation_size(c.oid) as main, current_setting('block_size')::int8 as block,
          coalesce((select option_value::int from pg_options_to_table(c.reloptions)
            where option_name = 'fillfactor'), 100) as fill,
          28 + ceil(w.bytes / 8) * 8 as row
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
          left join width w on w.schemaname = n.nspname and w.tablename = c.relname
        where c.relkind in ('r', 'm') and n.nspname <> 'information_schema'
          and n.nspname !~ '^pg_'
      ), estimated as (
        select *, case when reltuples >= 0 and row is not null then greatest(0, main - block *
          ceil(reltuples / greatest(1, floor((block - 24) * fill / 100 / row)))::int8)
          end as wasted
        from filled
      )
      select case when nspname = 'public' then '' else nspname || '.' end || e.relname as "table",
        pg_total_relation_size(e.oid) as size, wasted::int8 as wasted,
        (100.0 * wasted / nullif(main, 0))::float8 as wasted_share,
        coalesce(s.n_live_tup, 0) as live_rows, coalesce(s.n_dead_tup, 0) as dead_rows,
        greatest(s.last_vacuum, s.last_autovacuum) as last_vacuum,
        greatest(s.last_analyze, s.last_autoanalyze) as last_analyze,
        (100.0 * age(relfrozenxid) / 2147483648)::float8 as wraparound
      from estimated e left join pg_stat_all_tables s on s.relid = e.oid
      order by 3 desc nulls last, 6 desc, 1
      """,
      in: context
    )
    return found.map { row in
      row.with(percents: ["wasted_share", "wraparound"], sizes: ["size", "wasted"])
    }
  }
}

extension Record {
  /// The same record with the numbers of some columns as what they count; NULL stays nothing.
  func with(percents: [String] = [], sizes: [String] = []) -> Record {
    var record = self
    for name in percents {
      guard let index = shape.index(of: name) else { continue }
      switch record.cells[index] {
      case .number(let number): record.cells[index] = .percent(number)
      case .int(let number): record.cells[index] = .percent(Double(number))
      case .text(let text): record.cells[index] = Double(text).map { .percent($0) } ?? .text(text)
      default: break
      }
    }
    for name in sizes {
      guard let index = shape.index(of: name), case .int(let bytes) = record.cells[index] else {
        continue
      }
      record.cells[index] = .size(bytes)
    }
    return record
  }
}
