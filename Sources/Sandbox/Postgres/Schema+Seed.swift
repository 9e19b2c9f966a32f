extension Schema {
  /// Prisma's own bookkeeping table.
  static let bookkeeping = """
    CREATE TABLE "_prisma_migrations" (
        "id" VARCHAR(36) PRIMARY KEY NOT NULL,
        "checksum" VARCHAR(64) NOT NULL,
        "finished_at" TIMESTAMPTZ,
        "migration_name" VARCHAR(255) NOT NULL,
        "logs" TEXT,
        "rolled_back_at" TIMESTAMPTZ,
        "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
        "applied_steps_count" INTEGER NOT NULL DEFAULT 0
    )
    """

  /// A number below `$1` that depends on the seed, a topic and a row's number only.
  static func dice(seed: UInt64) -> String {
    """
    CREATE FUNCTION pg_temp.dice(topic text, row_number bigint, sides integer) RETURNS integer
    LANGUAGE sql IMMUTABLE AS $$
      SELECT (abs(hashint8extended(row_number,
        hashtextextended(topic, \(Int64(bitPattern: seed)))) % sides))::integer
    $$
    """
  }

  /// The state when the story begins; `$1` is that time.
  static let seed = [
    """
    INSERT INTO plans (id, code, name, price_cents, currency, created_at)
    SELECT 'plan_' || code, code, name, cents, currency, $1::timestamptz - interval '320 days'
    FROM (VALUES
      ('starter-usd', 'Starter', 2900, 'USD'), ('growth-usd', 'Growth', 9900, 'USD'),
      ('starter-eur', 'Starter', 2700, 'EUR'), ('growth-eur', 'Growth', 9200, 'EUR'),
      ('scale-usd', 'Scale', 29900, 'USD')) AS p(code, name, cents, currency)
    """,
    """
    INSERT INTO customers (id, email, name, country, active, created_at, updated_at)
    SELECT 'cus_' || lpad(i::text, 5, '0'),
      lower((array['ada','ben','cleo','dan','eva','finn','gia','hugo','ines','jan'])
        [1 + pg_temp.dice('first', i, 10)]) || i || '@'
        || (array['northwind','acme','globex','initech','umbrella'])
          [1 + pg_temp.dice('company', i, 5)] || '.example',
      initcap((array['northwind','acme','globex','initech','umbrella'])
        [1 + pg_temp.dice('company', i, 5)]) || ' ' || i,
      (array['US','DE','FR','GB','NL'])[1 + pg_temp.dice('country', i, 5)],
      pg_temp.dice('active', i, 20) > 0, t, t
    FROM generate_series(1, 400) AS i,
      LATERAL (SELECT $1::timestamptz
        - make_interval(hours => 24 + pg_temp.dice('since', i, 7000)) AS t) AS since
    """,
    """
    INSERT INTO subscriptions
      (id, customer_id, plan_id, status, seats, current_period_end, created_at, updated_at)
    SELECT 'sub_' || substr(c.id, 5), c.id,
      (array['plan_starter-usd','plan_growth-usd','plan_starter-eur','plan_growth-eur',
        'plan_scale-usd'])[1 + pg_temp.dice('plan', n, 5)],
      CASE WHEN NOT c.active THEN 'CANCELED' WHEN pg_temp.dice('trial', n, 12) = 0 THEN 'TRIALING'
        WHEN pg_temp.dice('due', n, 30) = 0 THEN 'PAST_DUE' ELSE 'ACTIVE' END
        ::"SubscriptionStatus",
      1 + pg_temp.dice('seats', n, 24),
      $1::timestamptz + make_interval(days => 1 + pg_temp.dice('period', n, 30)),
      c.created_at, c.created_at
    FROM customers c, LATERAL (SELECT substr(c.id, 5)::bigint AS n) AS number
    """,
    """
    INSERT INTO orders
      (id, customer_id, status, currency, total_cents, paid_at, created_at, updated_at)
    SELECT 'ord_' || lpad(i::text, 6, '0'),
      'cus_' || lpad((1 + pg_temp.dice('buyer', i, 400))::text, 5, '0'),
      CASE WHEN pg_temp.dice('refund', i, 40) = 0 THEN 'REFUNDED' ELSE 'PAID' END::"OrderStatus",
      (array['USD','EUR'])[1 + pg_temp.dice('currency', i, 2)], 1, t, t, t
    FROM generate_series(1, 1500) AS i,
      LATERAL (SELECT $1::timestamptz
        - make_interval(mins => 5 + (1500 - i) * 25 + pg_temp.dice('minute', i, 20)) AS t) AS made
    """,
    """
    INSERT INTO order_items (id, order_id, sku, quantity, unit_price_cents)
    SELECT 'itm_' || substr(o.id, 5) || '_' || k, o.id,
      (array['SEAT','CREDITS','REPORT','CONNECTOR'])[1 + pg_temp.dice('sku' || k, n, 4)],
      1 + pg_temp.dice('quantity' || k, n, 9), 500 + 100 * pg_temp.dice('price' || k, n, 90)
    FROM orders o, LATERAL (SELECT substr(o.id, 5)::bigint AS n) AS number,
      generate_series(1, 2) AS k
    """,
    """
    UPDATE orders SET total_cents = sum FROM
      (SELECT order_id, sum(quantity * unit_price_cents) AS sum FROM order_items GROUP BY 1) AS s
    WHERE order_id = orders.id
    """,
    """
    INSERT INTO usage_events (customer_id, kind, quantity, occurred_at)
    SELECT 'cus_' || lpad((1 + pg_temp.dice('user', i, 400))::text, 5, '0'),
      (array['page_view','api_call','export'])[1 + pg_temp.dice('kind', i, 3)],
      1 + pg_temp.dice('amount', i, 50),
      $1::timestamptz - make_interval(mins => (4000 - i) * 2)
    FROM generate_series(1, 4000) AS i
    """,
    """
    INSERT INTO usage_daily (customer_id, day, kind, quantity, aggregated_at)
    SELECT customer_id, (occurred_at AT TIME ZONE 'UTC')::date, kind, sum(quantity), $1::timestamptz
    FROM usage_events WHERE occurred_at < $1::timestamptz GROUP BY 1, 2, 3
    """,
    """
    INSERT INTO ad_accounts (id, customer_id, provider, spend_cents, last_synced_at)
    SELECT 'ads_' || substr(id, 5), id,
      (array['google','meta','linkedin'])[1 + pg_temp.dice('provider', n, 3)],
      pg_temp.dice('spend', n, 500000), $1::timestamptz - make_interval(mins => 90)
    FROM customers, LATERAL (SELECT substr(id, 5)::bigint AS n) AS number WHERE active
    """,
    """
    INSERT INTO jobs (path, status, rows, started_at, finished_at)
    SELECT path, 'SUCCEEDED', 50 + pg_temp.dice(path, d, 300), t, t + interval '40 seconds'
    FROM (VALUES ('/api/cron/usage-aggregation', 1), ('/api/cron/alerts-engine', 4),
      ('/api/cron/daily-sync', 8)) AS p(path, hour), generate_series(1, 20) AS d,
      LATERAL (SELECT date_trunc('day', $1::timestamptz) - make_interval(days => d)
        + make_interval(hours => hour) AS t) AS run
    ORDER BY t
    """,
    """
    INSERT INTO alerts (customer_id, kind, detail, created_at, resolved_at)
    SELECT 'cus_' || lpad((1 + pg_temp.dice('alerted', i, 400))::text, 5, '0'), 'spend_spike',
      jsonb_build_object('percent', 20 + pg_temp.dice('percent', i, 200)), t,
      t + interval '2 hours'
    FROM generate_series(1, 40) AS i,
      LATERAL (SELECT $1::timestamptz - make_interval(hours => 12 * i) AS t) AS made
    """,
  ]

  /// A step of ordinary business: eight orders, forty events, a customer with a subscription.
  ///
  /// `$1` is the step's number; its rows were made between `$2` and `$3`.
  static let business = [
    """
    INSERT INTO customers (id, email, name, country, active, created_at, updated_at)
    SELECT 'cus_' || lpad((10000 + $1::bigint)::text, 5, '0'),
      'new' || $1::bigint || '@hooli.example', 'Hooli ' || $1::bigint, 'US', true, t, t
    FROM (SELECT $2::timestamptz + ($3::timestamptz - $2::timestamptz) / 2 AS t) AS made
    """,
    """
    INSERT INTO subscriptions
      (id, customer_id, plan_id, status, seats, current_period_end, created_at, updated_at)
    SELECT 'sub_' || substr(id, 5), id, 'plan_growth-usd', 'TRIALING', 3,
      created_at + interval '14 days', created_at, created_at
    FROM customers WHERE id = 'cus_' || lpad((10000 + $1::bigint)::text, 5, '0')
    """,
    """
    INSERT INTO orders
      (id, customer_id, status, currency, total_cents, paid_at, created_at, updated_at)
    SELECT 'ord_' || lpad(n::text, 6, '0'),
      'cus_' || lpad((1 + pg_temp.dice('buyer', n, 400))::text, 5, '0'), 'PAID',
      (array['USD','EUR'])[1 + pg_temp.dice('currency', n, 2)], 1, t, t, t
    FROM generate_series(1, 8) AS i,
      LATERAL (SELECT 100000 + $1::bigint * 100 + i AS n) AS number,
      LATERAL (SELECT $2::timestamptz + ($3::timestamptz - $2::timestamptz) * i / 8 AS t) AS made
    """,
    """
    INSERT INTO order_items (id, order_id, sku, quantity, unit_price_cents)
    SELECT 'itm_' || substr(o.id, 5) || '_' || k, o.id,
      (array['SEAT','CREDITS','REPORT','CONNECTOR'])[1 + pg_temp.dice('sku' || k, n, 4)],
      1 + pg_temp.dice('quantity' || k, n, 9), 500 + 100 * pg_temp.dice('price' || k, n, 90)
    FROM orders o, LATERAL (SELECT substr(o.id, 5)::bigint AS n) AS number,
      generate_series(1, 2) AS k
    WHERE n BETWEEN 100000 + $1::bigint * 100 AND 100099 + $1::bigint * 100
    """,
    """
    UPDATE orders SET total_cents = sum FROM
      (SELECT order_id, sum(quantity * unit_price_cents) AS sum FROM order_items
       WHERE substr(order_id, 5)::bigint
         BETWEEN 100000 + $1::bigint * 100 AND 100099 + $1::bigint * 100 GROUP BY 1) AS s
    WHERE order_id = orders.id
    """,
    """
    INSERT INTO usage_events (customer_id, kind, quantity, occurred_at)
    SELECT 'cus_' || lpad((1 + pg_temp.dice('user', $1::bigint * 100 + i, 400))::text, 5, '0'),
      (array['page_view','api_call','export'])
        [1 + pg_temp.dice('kind', $1::bigint * 100 + i, 3)],
      1 + pg_temp.dice('amount', $1::bigint * 100 + i, 50),
      $2::timestamptz + ($3::timestamptz - $2::timestamptz) * i / 40
    FROM generate_series(1, 40) AS i
    """,
  ]
}
