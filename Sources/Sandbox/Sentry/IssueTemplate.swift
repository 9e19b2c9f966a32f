/// A kind of error that Optiq can have, as its stack trace tells it.
struct IssueTemplate: Sendable, Equatable {
  var cause: FailureCause
  /// How much of the cause's failures look like this.
  var weight: Double
  var type: String
  var value: String
  /// Where it was thrown, as Sentry's `culprit`.
  var culprit: String
  var method: String
  var path: String
  var status: Int64 = 500
  var file: String
  var function: String

  static func of(_ cause: FailureCause, random: inout SplitMix64) -> IssueTemplate {
    let templates = all.filter { $0.cause == cause }
    var lot = random.fraction()
    for template in templates {
      lot -= template.weight
      if lot < 0 { return template }
    }
    return templates.last ?? all[0]
  }

  /// The places in `all` of what a cause looks like, with their weights.
  static let byCause: [FailureCause: [(index: Int, weight: Double)]] = Dictionary(
    grouping: all.indices.map { (index: $0, weight: all[$0].weight) }
  ) { all[$0.index].cause }

  static let all = [
    IssueTemplate(
      cause: .background,
      weight: 0.5,
      type: "TypeError",
      value: "Failed to fetch",
      culprit: "GET /dashboard",
      method: "GET",
      path: "/dashboard",
      file: "src/lib/api.ts",
      function: "request"
    ),
    IssueTemplate(
      cause: .background,
      weight: 0.3,
      type: "AbortError",
      value: "The user aborted a request \u{1B}[31m(client)\u{1B}[0m",
      culprit: "GET /api/journeys",
      method: "GET",
      path: "/api/journeys",
      status: 499,
      file: "src/app/api/journeys/route.ts",
      function: "GET"
    ),
    IssueTemplate(
      cause: .background,
      weight: 0.2,
      type: "Error",
      value: "Hydration failed because the server rendered text didn't match the client",
      culprit: "GET /campaigns/[id]",
      method: "GET",
      path: "/campaigns/clx81",
      file: "src/app/campaigns/page.tsx",
      function: "CampaignPage"
    ),
    IssueTemplate(
      cause: .code,
      weight: 0.75,
      type: "TypeError",
      value: "Cannot read properties of undefined (reading 'toMinorUnits')",
      culprit: "GET /api/billing/export",
      method: "GET",
      path: "/api/billing/export",
      file: "src/lib/billing/currency.ts",
      function: "normaliseCurrency"
    ),
    IssueTemplate(
      cause: .code,
      weight: 0.25,
      type: "RangeError",
      value: "Incorrect locale information provided",
      culprit: "GET /billing",
      method: "GET",
      path: "/billing",
      file: "src/lib/billing/currency.ts",
      function: "format"
    ),
    IssueTemplate(
      cause: .data,
      weight: 1,
      type: "PrismaClientKnownRequestError",
      value: "Invalid `prisma.orders.findMany()` invocation: inconsistent column data: "
        + "Error converting field \"currency\" of expected non-nullable type \"String\", "
        + "found incompatible value of \"null\"",
      culprit: "GET /api/orders",
      method: "GET",
      path: "/api/orders",
      file: "src/lib/db/orders.ts",
      function: "listOrders"
    ),
    IssueTemplate(
      cause: .vendor,
      weight: 0.85,
      type: "StripeConnectionError",
      value: "An error occurred with our connection to Stripe. Request timed out after 10000 ms",
      culprit: "POST /api/billing/checkout",
      method: "POST",
      path: "/api/billing/checkout",
      status: 504,
      file: "node_modules/stripe/esm/net/FetchHttpClient.js",
      function: "makeRequest"
    ),
    IssueTemplate(
      cause: .vendor,
      weight: 0.15,
      type: "FetchError",
      value: "request to https://api.stripe.com/v1/invoices failed, reason: connect ETIMEDOUT",
      culprit: "GET /api/billing/invoices",
      method: "GET",
      path: "/api/billing/invoices",
      status: 504,
      file: "src/lib/billing/stripe.ts",
      function: "invoices"
    ),
    IssueTemplate(
      cause: .database,
      weight: 1,
      type: "PrismaClientInitializationError",
      value: "Can't reach database server",
      culprit: "GET /api/campaigns",
      method: "GET",
      path: "/api/campaigns",
      file: "src/lib/db/client.ts",
      function: "connect"
    ),
    IssueTemplate(
      cause: .earlierCode,
      weight: 1,
      type: "RangeError",
      value: "Invalid time value",
      culprit: "GET /api/reports",
      method: "GET",
      path: "/api/reports",
      file: "src/lib/reports/range.ts",
      function: "parseRange"
    ),
  ]
}
