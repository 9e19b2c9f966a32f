/// Which functions a read may call.
///
/// Immutable and stable functions may be called, by what `pg_proc` says of them (``volatilityQuery``).
/// Of the volatile ones, those in ``allowed`` may, because they change nothing. Those in ``denied``
/// may not whatever they are said to be: several of them act outside of the transaction, where a
/// rollback does not reach.
package enum FunctionPolicy {
  /// Finds the volatile functions among those that a statement calls.
  ///
  /// Binds: `$1` the schemas ("" where the search path decides), `$2` the names, as `text[]`. Rows:
  /// schema, name, and the extension that the function belongs to or null. A name counts as
  /// volatile when one function of that name is.
  package static let volatilityQuery = """
    select distinct n.nspname, p.proname, e.extname
    from unnest($1::text[], $2::text[]) as called(schema, name)
      join pg_catalog.pg_proc p on p.proname = called.name
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_proc'::regclass
        and d.objid = p.oid and d.deptype = 'e'
      left join pg_catalog.pg_extension e on e.oid = d.refobjid
    where p.provolatile = 'v'
      and (n.nspname = called.schema
        or called.schema = '' and n.nspname = any (pg_catalog.current_schemas(true)))
    """

  /// Whether a volatile function, as ``volatilityQuery`` gives it, changes nothing all the same.
  package static func allows(schema: String, name: String, extensionName: String?) -> Bool {
    if schema == "pg_catalog" { return allowed.contains(name) }
    guard let extensionName else { return false }
    return allowedInExtensions[extensionName]?.contains(name) ?? false
  }

  /// Whether a function may never be called in a read, known by its name alone.
  package static func isDenied(_ function: QualifiedName) -> Bool {
    if deniedEverywhere.contains(where: { function.name.hasPrefix($0) }) { return true }
    guard function.schema == nil || function.schema == "pg_catalog" else { return false }
    return denied.contains(function.name)
      || deniedPrefixes.contains { function.name.hasPrefix($0) }
  }

  /// Volatile functions of the server that change nothing.
  package static let allowed: Set<String> = [
    "clock_timestamp", "currval", "gen_random_uuid", "lastval", "pg_blocking_pids",
    "pg_collation_actual_version", "pg_control_checkpoint", "pg_control_init",
    "pg_control_recovery", "pg_control_system", "pg_current_logfile", "pg_current_wal_flush_lsn",
    "pg_current_wal_insert_lsn", "pg_current_wal_lsn", "pg_cursor",
    "pg_database_collation_actual_version",
    "pg_database_size", "pg_get_backend_memory_contexts", "pg_get_replication_slots",
    "pg_get_shmem_allocations", "pg_get_wal_replay_pause_state", "pg_get_wal_resource_managers",
    "pg_indexes_size", "pg_is_in_recovery", "pg_is_wal_replay_paused", "pg_last_committed_xact",
    "pg_last_wal_receive_lsn", "pg_last_wal_replay_lsn", "pg_last_xact_replay_timestamp",
    "pg_lock_status", "pg_notification_queue_usage", "pg_prepared_statement", "pg_prepared_xact",
    "pg_relation_size", "pg_safe_snapshot_blocking_pids", "pg_show_replication_origin_status",
    "pg_sleep", "pg_sleep_for", "pg_sleep_until", "pg_stat_get_wal_receiver",
    "pg_stat_get_progress_info", "pg_table_size", "pg_tablespace_size", "pg_total_relation_size",
    "pg_walfile_name", "pg_walfile_name_offset", "pg_xact_commit_timestamp",
    "pg_xact_commit_timestamp_origin", "random", "random_normal", "timeofday", "uuidv4", "uuidv7",
  ]

  /// The same for functions of extensions, wherever those are installed.
  package static let allowedInExtensions: [String: Set<String>] = [
    "pg_stat_statements": ["pg_stat_statements", "pg_stat_statements_info"],
    "pgcrypto": ["gen_random_bytes", "gen_random_uuid", "gen_salt"],
    "pgstattuple": ["pgstattuple", "pgstatindex", "pgstattuple_approx", "pg_relpages"],
    "pg_buffercache": ["pg_buffercache_pages"],
    "uuid-ossp": ["uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4"],
  ]

  /// Functions that act, read the server's files, or run a text as SQL.
  package static let denied: Set<String> = [
    "binary_upgrade_set_next_pg_authid_oid", "brin_desummarize_range", "brin_summarize_new_values",
    "brin_summarize_range", "currtid2", "cursor_to_xml", "cursor_to_xmlschema",
    "gin_clean_pending_list", "lo_import", "loread", "lowrite", "nextval", "pg_backup_start",
    "pg_backup_stop", "pg_cancel_backend", "pg_copy_logical_replication_slot",
    "pg_copy_physical_replication_slot", "pg_create_logical_replication_slot",
    "pg_create_physical_replication_slot", "pg_create_restore_point", "pg_current_xact_id",
    "pg_drop_replication_slot", "pg_export_snapshot", "pg_extension_config_dump",
    "pg_file_rename", "pg_file_sync", "pg_file_unlink", "pg_file_write",
    "pg_import_system_collations", "pg_log_backend_memory_contexts", "pg_log_standby_snapshot",
    "pg_logical_emit_message", "pg_notify", "pg_promote", "pg_reload_conf",
    "pg_replication_slot_advance", "pg_rotate_logfile", "pg_start_backup", "pg_stat_file",
    "pg_stop_backup", "pg_stat_reset", "pg_switch_wal", "pg_sync_replication_slots",
    "pg_terminate_backend", "pg_wal_replay_pause", "pg_wal_replay_resume", "query_to_xml",
    "query_to_xml_and_xmlschema", "query_to_xmlschema", "set_config", "setseed", "setval",
    "ts_stat",
    "txid_current",
  ]

  package static let deniedPrefixes = [
    "binary_upgrade_", "lo_", "pg_advisory", "pg_clear_", "pg_logical_slot_", "pg_ls_",
    "pg_read_", "pg_replication_origin_", "pg_restore_", "pg_set_", "pg_stat_reset_",
    "pg_try_advisory", "pg_logical_",
  ]

  /// Whether what a function does outlives the transaction that it is called in, known by its name.
  package static func actsOutside(_ function: QualifiedName) -> Bool {
    let name = function.name
    return isDenied(function) && !undoneByRollback.contains(name)
      && !undonePrefixes.contains { name.hasPrefix($0) }
      || name == "lo_import" || name == "lo_export"
  }

  /// Of the denied functions those that a rollback takes back, or that leave no more than a gap.
  private static let undoneByRollback: Set<String> = [
    "currtid2", "cursor_to_xml", "cursor_to_xmlschema", "loread", "lowrite", "nextval",
    "pg_current_xact_id", "pg_export_snapshot", "pg_notify", "query_to_xml",
    "query_to_xml_and_xmlschema", "query_to_xmlschema", "set_config", "setseed", "ts_stat",
    "txid_current",
  ]
  private static let undonePrefixes = ["lo_", "pg_advisory_xact", "pg_try_advisory_xact"]

  /// Functions of an extension that runs statements elsewhere, in whatever schema it lives.
  package static let deniedEverywhere = ["dblink"]
}
