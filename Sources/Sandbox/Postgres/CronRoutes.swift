package import Values

extension SandboxDatabase {
  /// What a cron route has done.
  package struct CronResult: Equatable, Sendable {
    package var path: String
    /// Rows inserted or updated, the job's own record not counted.
    package var rows: Int
  }

  /// The cron routes of the app.
  package static let cronPaths = [
    "/api/cron/usage-aggregation", "/api/cron/daily-sync", "/api/cron/alerts-engine",
    "/api/cron/journey-builder", "/api/cron/data-cleanup",
  ]

  /// Does a cron route's work and records it in `jobs`; nothing for an unknown path.
  package func runCron(path: String, at time: Time = .now()) throws(ClusterError) -> CronResult? {
    guard let work = Self.cronWork[path] else { return nil }
    let session = try DatabaseSession(address)
    let answer = try session.rows(
      """
      WITH work AS (\(work)), job AS (
        INSERT INTO jobs (path, status, rows, started_at, finished_at)
        SELECT $2, 'SUCCEEDED', count(*), $1::timestamptz, $1::timestamptz + interval '1 second'
        FROM work RETURNING rows
      )
      SELECT rows FROM job
      """,
      [time.text, path]
    )
    return CronResult(path: path, rows: answer.first?.first?.flatMap { Int($0) } ?? 0)
  }

  private static let cronWork = [
    "/api/cron/usage-aggregation": """
    INSERT INTO usage_daily (customer_id, day, kind, quantity, aggregated_at)
    SELECT customer_id, (occurred_at AT TIME ZONE 'UTC')::date, kind, sum(quantity), $1::timestamptz
    FROM usage_events
    WHERE occurred_at >= date_trunc('day', $1::timestamptz - interval '2 days')
      AND occurred_at <= $1::timestamptz
    GROUP BY 1, 2, 3
    ON CONFLICT (customer_id, day, kind)
      DO UPDATE SET quantity = excluded.quantity, aggregated_at = excluded.aggregated_at
    RETURNING 1
    """,
    "/api/cron/daily-sync": """
    UPDATE ad_accounts SET last_synced_at = $1::timestamptz,
      spend_cents = spend_cents + 100 + abs(hashtextextended(id, 7)) % 4000
    RETURNING 1
    """,
    "/api/cron/alerts-engine": """
    INSERT INTO alerts (customer_id, kind, detail, created_at)
    SELECT customer_id, 'spend_spike', jsonb_build_object('spend_cents', spend_cents),
      $1::timestamptz
    FROM ad_accounts ORDER BY spend_cents DESC LIMIT 12
    RETURNING 1
    """,
    "/api/cron/journey-builder": """
    UPDATE customers SET updated_at = $1::timestamptz WHERE active
    RETURNING 1
    """,
    "/api/cron/data-cleanup": """
    UPDATE alerts SET resolved_at = $1::timestamptz
    WHERE resolved_at IS NULL AND created_at <= $1::timestamptz
    RETURNING 1
    """,
  ]
}
