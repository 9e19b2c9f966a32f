package import Objects
package import Values

/// Who is connected, and who waits for whom.
extension PostgresDatabase {
  package func activity(in context: CallContext) throws(Failure) -> [Record] {
    try rows(
      """
      select pid, usename::text as "user", nullif(application_name, '') as application,
        coalesce(state, 'disabled') as state,
        clock_timestamp() - coalesce(xact_start, query_start, backend_start) as age,
        backend_xid is not null as writes,
        case when wait_event_type = 'Lock' then wait_event_type || ': ' || wait_event end
          as waits_for,
        query_start, query
      from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()
        and backend_type = 'client backend'
      order by coalesce(xact_start, query_start, backend_start), pid
      """,
      in: context
    )
  }

  package func locks(in context: CallContext) throws(Failure) -> [Record] {
    LockTree(try rows(Self.lockQuery, in: context)).rows
  }

  /// Who waits and who stands in the way, by `pg_blocking_pids`: those who hold what is waited for,
  /// and those who wait for it further ahead in the queue, who hold nothing of it.
  ///
  /// `pg_locks` is read once, since each reading of it stops the server's lock tables for a moment.
  /// All prepared transactions share the process id 0.
  private static let lockQuery = """
    with lock as materialized (
      select *, (database in (0, (select oid from pg_database where datname = current_database()))
        and relation is not null) as is_here
      from pg_locks
    ), named as materialized (
      select *, case locktype
          when 'relation' then case when is_here then relation::regclass::text
            else 'a table of another database' end
          when 'tuple' then 'a row of ' || relation::regclass
          when 'transactionid' then 'transaction ' || transactionid
          when 'advisory' then 'advisory lock ' || case
            when objsubid = 1 then ((classid::int8 << 32) | objid::int8)::text
            else classid || ', ' || objid end
            || case when classid = 0 and objid = 72707369 and objsubid = 1
              then ' (Prisma migrations)' else '' end
          else locktype end as name
      from lock
    ), waiting as materialized (
      select w.pid, array(select distinct b from unnest(pg_blocking_pids(w.pid)) b order by b)
        as blockers
      from (select distinct pid from lock where not granted) w join pg_stat_activity a using (pid)
      where a.datname = current_database()
    ), involved as (
      select pid from waiting where cardinality(blockers) > 0
      union select unnest(blockers) from waiting
    ), in_the_way as (
      select coalesce(h.pid, 0) as pid, h.virtualtransaction,
        h.mode || ' on ' || h.name as what
      from named h join named w on h.granted and not w.granted
        and (h.locktype, h.database, h.relation, h.page, h.tuple, h.virtualxid, h.transactionid,
          h.classid, h.objid, h.objsubid) is not distinct from (w.locktype, w.database, w.relation,
          w.page, w.tuple, w.virtualxid, w.transactionid, w.classid, w.objid, w.objsubid)
        and h.pid is distinct from w.pid
    ), prepared as (
      select 0 as pid, min(p.prepared) as since, string_agg(distinct p.owner, ', ') as owner,
        string_agg(distinct 'prepared transaction ' || quote_literal(p.gid), ', ') as gids
      from pg_prepared_xacts p
        join lock l on l.locktype = 'transactionid' and l.granted and l.pid is null
          and l.transactionid = p.transaction
        join in_the_way i on i.pid = 0 and i.virtualtransaction = l.virtualtransaction
    )
    select 0 as depth, i.pid, coalesce(a.usename::text, p.owner) as "user",
      nullif(a.application_name, '') as application,
      coalesce(w.blockers, '{}') as blocked_by, 0 as blocked_count, n.name as "on", n.mode,
      coalesce(case when n.is_here then n.relation end, t.relation)::regclass::text as relation,
      h.holds, clock_timestamp() - n.waitstart as waiting,
      clock_timestamp() - coalesce(a.xact_start, a.query_start, p.since) as age,
      case when i.pid = 0 then 'prepared' else a.state end as state,
      coalesce(a.query, p.gids, case when i.pid = 0 then 'a prepared transaction' else '' end)
        as query
    from involved i
      left join waiting w using (pid)
      left join pg_stat_activity a using (pid)
      left join prepared p using (pid)
      left join lateral (
        select * from named where named.pid = i.pid and not granted limit 1
      ) n on true
      left join lateral (
        -- A session that waits for a row holds the row's own lock, which names the table.
        select relation from lock
        where lock.pid = i.pid and granted and locktype = 'tuple' and is_here limit 1
      ) t on true
      left join lateral (
        select string_agg(distinct what, ', ') as holds from in_the_way
        where in_the_way.pid = i.pid
      ) h on true
    order by i.pid
    """
}
