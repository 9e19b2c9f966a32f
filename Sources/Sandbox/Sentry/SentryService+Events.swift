import Values

extension SentryService {
  static var eventRoutes: [Route<SentryService>] {
    [
      Route("GET", organization + "/events") { .whole(await $0.table($1)) },
      Route("GET", organization + "/events-timeseries") { .whole(await $0.series($1)) },
      Route("GET", organization + "/projects") { service, _ in
        .whole(.json([service.projectJSON]))
      },
    ]
  }

  private static let datasets: Set<String> = [
    "errors", "logs", "profile_functions", "spans", "tracemetrics", "uptime_results",
  ]

  /// The measurements that a request is about, or why there are none.
  private func measurements(
    _ call: RoutedRequest
  ) async -> Result<(rows: [Measurement], window: TimeWindow), SentryRefusal> {
    guard let dataset = call.value("dataset"), Self.datasets.contains(dataset) else {
      return .failure(SentryRefusal(text: "dataset must be one of: errors, logs, spans, …"))
    }
    await optiq.measure()
    guard let window = TimeWindow(call.request, now: optiq.now()) else {
      return .failure(SentryRefusal(text: "Invalid statsPeriod or date range"))
    }
    let query = SearchQuery(call.value("query") ?? "")
    if let key = query.unknownKeys(besides: Measurement.keys).first {
      return .failure(SentryRefusal(text: "Invalid key for this search: \(key)"))
    }
    guard coversProduction(call.request), dataset == "errors" || dataset == "spans" else {
      return .success(([], window))
    }
    let slices = optiq.slices(from: window.from, until: window.until)
    let measured =
      dataset == "errors"
      ? slices.flatMap { errors(of: $0) } : slices.flatMap { Measurement.spans(of: $0) }
    var shas: [String: String] = [:]
    let rows = measured.compactMap { row -> Measurement? in
      var row = row
      row.release = shas[row.deployment] ?? release(of: row.deployment)
      shas[row.deployment] = row.release
      return row.fits(query) ? row : nil
    }
    return .success((rows, window))
  }

  private func errors(of slice: TrafficSlice) -> [Measurement] {
    slice.errors(seed: optiq.world.seed).map { fact in
      let template = IssueTemplate.all[fact.template]
      return Measurement(
        at: fact.at,
        deployment: fact.deployment,
        count: fact.count,
        failed: fact.count,
        duration: 0,
        transaction: template.culprit,
        title: "\(template.type): \(template.value)",
        type: template.type,
        issue: SentryIssue.id(fact.template, seed: optiq.world.seed)
      )
    }
  }

  // MARK: - A table

  private func table(_ call: RoutedRequest) async -> SandboxResponse {
    let fields = call.values("field")
    guard !fields.isEmpty, fields.count <= 20 else {
      return .detail("Between 1 and 20 fields are needed", 400)
    }
    if let unknown = fields.first(where: {
      Aggregate($0) == nil && !Measurement.fields.contains($0)
    }) {
      return .detail("Invalid field: \(unknown)", 400)
    }
    switch await measurements(call) {
    case .failure(let refusal): return .detail(refusal.text, 400)
    case .success(let (rows, window)):
      let groups = fields.filter { Aggregate($0) == nil }
      var grouped = Dictionary(grouping: rows) { row in groups.map { row.text($0) } }
      // Without a group there is one row, even of nothing.
      if groups.isEmpty, grouped.isEmpty { grouped[[]] = [] }
      let answers = grouped.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, rows in
        JSON.object(
          fields.map { field in
            let value = Aggregate(field)?.value(of: rows, in: window)
            let group = groups.firstIndex(of: field).map { JSON.string(key[$0]) }
            return JSON.Member(field, value.map(JSON.number) ?? group ?? .null)
          }
        )
      }
      let sorted = Self.sort(answers, by: call.value("sort"))
      return SentryPage(call.request, standard: 50).answer(sorted) { shown in
        ["data": .array(shown), "meta": Aggregate.meta(fields, dataset: call.value("dataset"))]
      }
    }
  }

  private static func sort(_ rows: [JSON], by order: String?) -> [JSON] {
    guard let order else { return rows }
    let isDescending = order.hasPrefix("-")
    let field = isDescending ? String(order.dropFirst()) : order
    return rows.sorted { left, right in
      let numbers = (left[field]?.numberValue ?? 0, right[field]?.numberValue ?? 0)
      return isDescending ? numbers.0 > numbers.1 : numbers.0 < numbers.1
    }
  }

  // MARK: - A series

  private func series(_ call: RoutedRequest) async -> SandboxResponse {
    let asked = call.values("yAxis")
    let axes = asked.isEmpty ? ["count()"] : asked
    let aggregates = axes.compactMap(Aggregate.init)
    guard aggregates.count == axes.count else { return .detail("Invalid yAxis", 400) }
    guard call.values("groupBy").isEmpty, call.value("topEvents") == nil else {
      return .detail("groupBy and topEvents are not supported by this sandbox", 400)
    }
    switch await measurements(call) {
    case .failure(let refusal): return .detail(refusal.text, 400)
    case .success(let (rows, window)):
      let length = window.until - window.from
      let interval = call.integer("interval") ?? (length > 86_400_000 ? 3_600_000 : 60_000)
      guard interval >= 1000, length / interval <= 10_000 else {
        return .detail("Your interval and date range would create too many results.", 400)
      }
      let start = window.from / interval * interval
      let buckets = Buckets(rows, from: start, until: window.until, interval: interval)
      let now = optiq.now()
      let series = zip(axes, aggregates).map { axis, aggregate -> JSON in
        let values = JSON.array(buckets.values(of: aggregate, now: now))
        let meta: JSON = [
          "valueType": .string(aggregate.valueType), "valueUnit": JSON(aggregate.unit),
          "interval": .int(interval),
        ]
        return ["yAxis": .string(axis), "values": values, "meta": meta]
      }
      return .json([
        "timeSeries": .array(series),
        "meta": [
          "dataset": JSON(call.value("dataset")), "start": .int(start), "end": .int(window.until),
        ],
      ])
    }
  }
}

/// Why a question can not be answered.
struct SentryRefusal: Error {
  var text: String
}

/// Measurements by equal spans of time.
private struct Buckets {
  private let rows: [Int64: [Measurement]]
  private let starts: [Milliseconds]
  private let interval: Milliseconds

  init(
    _ rows: [Measurement],
    from: Milliseconds,
    until: Milliseconds,
    interval: Milliseconds
  ) {
    self.rows = Dictionary(grouping: rows) { ($0.at - from) / interval * interval + from }
    starts = Array(stride(from: from, to: until, by: Int(interval)))
    self.interval = interval
  }

  func values(of aggregate: Aggregate, now: Milliseconds) -> [JSON] {
    starts.map { start in
      let span = TimeWindow(from: start, until: start + interval)
      let value = aggregate.value(of: rows[start] ?? [], in: span)
      return [
        "timestamp": .int(start), "value": .number(value),
        "incomplete": .bool(start + interval > now),
      ]
    }
  }
}
