/// How well the rows are, by invariants that hold in a sound database.
///
/// Nothing is remembered: rows mended by hand are sound again, rows damaged by hand are not.
package struct DataHealth: Equatable, Sendable {
  /// Orders at all.
  package var orders: Int
  /// Orders without currency, with an amount of nothing, or whose items do not add up to it.
  package var damagedOrders: Int
  /// Orders of the newest three days, which is what people look at.
  package var recentOrders: Int
  /// Damaged ones among them.
  package var damagedRecentOrders: Int
  /// Customers that may use the product.
  package var activeCustomers: Int
  /// Active customers without a subscription that is not cancelled.
  package var customersWithoutSubscription: Int

  /// Whether every invariant holds.
  package var isGood: Bool { damagedOrders == 0 && customersWithoutSubscription == 0 }

  /// The share of requests that hit damaged rows, 0 to 1.
  package var damagedShare: Double {
    let orders = Double(damagedRecentOrders) / Double(max(1, recentOrders))
    let customers = Double(customersWithoutSubscription) / Double(max(1, activeCustomers))
    return min(1, max(orders, customers, damagedOrders > 0 ? 0.001 : 0))
  }
}

extension SandboxDatabase {
  /// Reads how well the rows are.
  package func health() throws(ClusterError) -> DataHealth {
    let session = try DatabaseSession(address)
    let row = try session.rows(Self.healthQuery).first ?? []
    let numbers = row.compactMap { $0.flatMap { Int($0) } }
    guard numbers.count == 6 else {
      throw .statement(sql: Self.healthQuery, reason: "did not return six numbers")
    }
    return DataHealth(
      orders: numbers[0],
      damagedOrders: numbers[1],
      recentOrders: numbers[2],
      damagedRecentOrders: numbers[3],
      activeCustomers: numbers[4],
      customersWithoutSubscription: numbers[5]
    )
  }

  private static let healthQuery = """
    WITH sums AS (
      SELECT order_id, sum(quantity * unit_price_cents) AS sum FROM order_items GROUP BY order_id
    ), checked AS (
      SELECT o.created_at > (SELECT max(created_at) - interval '3 days' FROM orders) AS is_recent,
        o.currency IS NULL OR o.total_cents <= 0 OR o.total_cents IS DISTINCT FROM s.sum AS is_damaged
      FROM orders o LEFT JOIN sums s ON s.order_id = o.id
    ), customer AS (
      SELECT EXISTS (SELECT FROM subscriptions s
        WHERE s.customer_id = c.id AND s.status <> 'CANCELED') AS is_subscribed
      FROM customers c WHERE c.active
    )
    SELECT count(*), count(*) FILTER (WHERE is_damaged), count(*) FILTER (WHERE is_recent),
      count(*) FILTER (WHERE is_damaged AND is_recent),
      (SELECT count(*) FROM customer), (SELECT count(*) FROM customer WHERE NOT is_subscribed)
    FROM checked
    """
}
