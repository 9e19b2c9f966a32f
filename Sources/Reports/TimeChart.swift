internal import Formats
internal import Journals
internal import Values

/// Error rate and p95 of an environment over time, with each action marked at its moment.
struct TimeChart {
  let environment: String?
  let points: [Measurement.Point]
  let actions: [RecordedAction]
  let scale: TimeScale
  /// Tells this chart's names from another's on the same page.
  let id: String

  private static let badgeRow = 26.0
  private static let panelHeight = 96.0

  private var rates: [(Time, Double)] {
    points.compactMap { point in point.failureRate.map { (point.at, $0 * 100) } }
  }

  private var spans: [(Time, Double)] {
    points.compactMap { point in point.p95.map { (point.at, $0.inSeconds * 1000) } }
  }

  var markup: Markup {
    let rows = badgeRows
    let top = 12 + Double((rows.max() ?? 0) + 1) * Self.badgeRow
    var panels: [Markup] = []
    var y = top
    if !rates.isEmpty {
      panels.append(panel("error rate", "rate", rates, Self.percents, at: y) { "\($0)%" })
      y += Self.panelHeight + 40
    }
    if !spans.isEmpty {
      panels.append(
        panel("p95", "slow", spans, Self.milliseconds, at: y) { name in
          TimeSpan.milliseconds(Int64(Double(name) ?? 0)).roundedText
        }
      )
      y += Self.panelHeight + 40
    }
    if panels.isEmpty { y += 24 }
    let height = Int(y + 8)
    return """
      <figure>
      <figcaption>\(environment ?? "Actions") <span class="soft">· times are UTC</span></figcaption>
      <svg class="plot" height="\(height)" role="group" aria-labelledby="\(id)-title \(id)-words">
      <title id="\(id)-title">\(title)</title>
      <desc id="\(id)-words">\(description)</desc>
      \(axis(down: y - 24))\(panels.joined())\(marks(rows, down: y - 24))</svg>
      \(table)</figure>

      """
  }

  private var title: String {
    let what = points.isEmpty ? "Actions" : "Error rate and p95"
    return what + (environment.map { " of \($0)" } ?? "")
      + (actions.count == 1 ? ", 1 action marked" : ", \(actions.count) actions marked")
  }

  /// The same in words, for whoever does not see it.
  private var description: String {
    var sentences: [String] = []
    if let worst = rates.max(by: { $0.1 < $1.1 }), let last = rates.last {
      sentences.append(
        "The error rate was highest at \(PageText.clock(worst.0)) with"
          + " \(PageText.number(worst.1))%, and \(PageText.number(last.1))% at the end."
      )
    }
    if let worst = spans.max(by: { $0.1 < $1.1 }), let last = spans.last {
      sentences.append(
        "p95 was highest at \(PageText.clock(worst.0)) with \(Self.span(worst.1)), and"
          + " \(Self.span(last.1)) at the end."
      )
    }
    sentences += actions.map { action in
      "Action \(action.number) at \(PageText.clock(action.intent.at)): \(action.summary)."
    }
    return sentences.joined(separator: " ")
  }

  // MARK: - Panels

  private static let percents: [Double] = [0.5, 1, 2, 5, 10, 20, 50, 100]
  private static let milliseconds: [Double] = [
    50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000,
  ]

  private static func span(_ milliseconds: Double) -> String {
    TimeSpan.milliseconds(Int64(milliseconds)).roundedText
  }

  private func panel(
    _ name: String,
    _ style: StaticString,
    _ values: [(Time, Double)],
    _ rounds: [Double],
    at y: Double,
    unit: (String) -> String
  ) -> Markup {
    let amounts = AmountScale(
      upTo: values.map(\.1).max() ?? 0,
      rounds: rounds,
      y: y + 18,
      height: Self.panelHeight - 18
    )
    let style = Markup(trusted: style.description)
    var markup: Markup = """
      <text class="name" x="0" y="\(number(y + 8))">\(name)</text>

      """
    for share in [1.0, 0.5, 0] {
      let place = amounts.place(amounts.top * share)
      markup += """
        <line class="grid" x1="0" x2="100%" y1="\(number(place))" y2="\(number(place))"/>

        """
    }
    markup += """
      <text x="100%" y="\(number(amounts.place(amounts.top) - 5))" text-anchor="end">\
      \(unit(PageText.number(amounts.top)))</text>
      <svg x="0" y="\(number(amounts.y))" width="100%" height="\(number(amounts.height))" \
      viewBox="0 0 100 \(number(amounts.height))" preserveAspectRatio="none">

      """
    for run in runs(of: values) {
      let places = run.map { (scale.percent($0.0), amounts.place($0.1) - amounts.y) }
      let curve = places.map { "\(PageText.number($0.0)) \(PageText.number($0.1))" }
        .joined(separator: " L")
      guard places.count > 1, let first = places.first, let last = places.last else { continue }
      let floor = PageText.number(amounts.height)
      let area =
        "M\(PageText.number(first.0)) \(floor) L\(curve) L\(PageText.number(last.0)) \(floor) Z"
      markup += """
        <path class="area \(style)" d="\(area)"/>
        <path class="curve \(style)" d="M\(curve)"/>

        """
    }
    markup += "</svg>\n"
    guard values.count <= 120 else { return markup }
    for (time, value) in values {
      markup += """
        <circle class="dot \(style)" cx="\(number(scale.percent(time)))%" \
        cy="\(number(amounts.place(value)))" r="2.5"><title>\(PageText.clock(time)) \
        \(unit(PageText.number(value)))</title></circle>

        """
    }
    return markup
  }

  /// Where nobody looked for long, no line says what was there.
  private func runs(of values: [(Time, Double)]) -> [[(Time, Double)]] {
    let gaps = zip(values, values.dropFirst()).map { $1.0.microseconds - $0.0.microseconds }
      .sorted()
    let usual = gaps.isEmpty ? 0 : gaps[gaps.count / 2]
    let longest = max(TimeSpan.minutes(5).microseconds, usual * 3)
    var runs: [[(Time, Double)]] = []
    for value in values {
      if let last = runs.last?.last, value.0.microseconds - last.0.microseconds <= longest {
        runs[runs.count - 1].append(value)
      } else {
        runs.append([value])
      }
    }
    return runs
  }

  // MARK: - Time and marks

  private func axis(down y: Double) -> Markup {
    scale.ticks.enumerated().map { index, tick -> Markup in
      // On a narrow screen every second one has room.
      let style: Markup = index % 2 == 1 ? " class=\"between\"" : Markup()
      return """
        <text\(style) x="\(number(scale.percent(tick.time)))%" y="\(number(y + 20))" text-anchor="middle">\
        \(tick.name)</text>

        """
    }.joined()
  }

  /// Badges that would lie on each other stand in several rows; their lines stay where they are.
  private var badgeRows: [Int] {
    var ends: [Double] = []
    return actions.map { action in
      let place = scale.percent(action.intent.at)
      let row = ends.firstIndex { place - $0 >= 4 } ?? min(ends.count, 5)
      if row < ends.count { ends[row] = place } else { ends.append(place) }
      return row
    }
  }

  private func marks(_ rows: [Int], down y: Double) -> Markup {
    zip(actions, rows).map { action, row -> Markup in
      let x = number(scale.percent(action.intent.at))
      let middle = 12 + Double(row) * Self.badgeRow
      return """
        <a class="mark" href="#action-\(action.number)" data-action="\(action.number)" \
        aria-label="Action \(action.number): \(action.summary)">\
        <line x1="\(x)%" x2="\(x)%" y1="\(number(middle + 11))" y2="\(number(y + 6))"/>\
        <circle cx="\(x)%" cy="\(number(middle))" r="11"/>\
        <text x="\(x)%" y="\(number(middle + 4))">\(action.number)</text>\
        <title>\(PageText.clock(action.intent.at)) \(action.summary)</title></a>

        """
    }.joined()
  }

  private func number(_ value: Double) -> Markup {
    Markup(trusted: PageText.number(value))
  }

  // MARK: - As a table

  private var table: Markup {
    guard !points.isEmpty else { return Markup() }
    let rows = points.map { point -> Markup in
      """
      <tr><td>\(PageText.moment(point.at))</td><td class="number">\
      \(point.failureRate.map(PageText.percent) ?? "–")</td><td class="number">\
      \(point.p95?.roundedText ?? "–")</td></tr>

      """
    }.joined()
    return """
      <details><summary>What was measured, as a table</summary>
      <table><thead><tr><th>until (UTC)</th><th class="number">error rate</th>\
      <th class="number">p95</th></tr></thead><tbody>
      \(rows)</tbody></table></details>

      """
  }
}
