internal import Formats
internal import Journals
internal import Values

/// What the pages about one run and about an incident have in common.
enum Story {
  static func page(
    title: String,
    header: Markup,
    main: Markup,
    footer: Markup
  ) throws(Failure) -> String {
    do throws(JournalError) {
      return try Page(title: title, header: header, main: main, footer: footer).text()
    } catch {
      throw Failure(.journal, error.message)
    }
  }

  /// From the first to the last record.
  static func span(of transcripts: [Transcript]) -> ClosedRange<Int64> {
    let records = transcripts.flatMap(\.records)
    let start = records.map(\.at.microseconds).min() ?? 0
    return start...max(start, records.map(\.at.microseconds).max() ?? start)
  }

  /// The same, with some time before it, as far as anything was measured then: how it was when it
  /// was well is what makes a curve tell something.
  static func range(
    of transcripts: [Transcript],
    _ measurements: RecordedMeasurements
  ) -> ClosedRange<Int64> {
    let span = span(of: transcripts)
    let length = span.upperBound - span.lowerBound
    let before = span.lowerBound - max(TimeSpan.minutes(30).microseconds, length)
    let after = span.upperBound + TimeSpan.minutes(30).microseconds
    let start = min(span.lowerBound, measurements.earliest(after: before) ?? span.lowerBound)
    return start...max(span.upperBound, measurements.latest(before: after) ?? span.upperBound)
  }

  /// A chart for each environment that was measured or changed; nothing where there is neither.
  static func charts(
    _ measurements: RecordedMeasurements,
    _ actions: [RecordedAction],
    _ scale: TimeScale
  ) -> Markup {
    let changed = Set(actions.compactMap(\.environment))
    let measured = measurements.environments.filter { environment in
      !measurements.points(of: environment, in: scale.start...scale.end).isEmpty
    }
    var environments: [String?] = Set(measured).union(changed).sorted()
    if environments.isEmpty, !actions.isEmpty { environments = [nil] }
    guard !environments.isEmpty else { return Markup() }
    var markup: Markup = """
      <section id="charts" aria-labelledby="charts-title">
      <h2 id="charts-title">How it went</h2>

      """
    for (index, environment) in environments.enumerated() {
      markup +=
        TimeChart(
          environment: environment,
          points: environment.map { measurements.points(of: $0, in: scale.start...scale.end) }
            ?? [],
          // What belongs to no environment is marked once, in the first chart.
          actions: actions.filter {
            $0.environment == environment || $0.environment == nil && index == 0
          },
          scale: scale,
          id: "chart-\(index + 1)"
        ).markup
    }
    return markup + "</section>\n"
  }
}
