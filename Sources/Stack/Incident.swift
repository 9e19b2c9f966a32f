package import Values

/// Reads from error counts since when something is wrong, and which deployment began it.
///
/// Pure: counts and deployments in, a finding out.
package struct Incident: Sendable {
  /// What is usual, and what is more than that.
  package struct Usual: Hashable, Sendable {
    /// Errors per interval, in the median.
    package var median: Double

    /// More than this in an interval is more than usual: three times the median, and at least five
    /// above it so that a quiet application is not called broken for a handful.
    package var limit: Double { max(median * 3, median + 5) }

    package init(_ points: [SeriesPoint]) {
      let counts = points.map(\.count).sorted()
      median = counts.isEmpty ? 0 : counts[counts.count / 2]
    }
  }

  /// Gives the moment since which there are more errors than usual without a break; nothing if there
  /// are not now.
  ///
  /// The last interval is incomplete, so it only counts if it is high already. One interval below the
  /// limit is noise, two are the beginning.
  package static func onset(of points: [SeriesPoint]) -> Time? {
    let limit = Usual(points).limit
    var high: Int?
    var below = 0
    for index in points.indices.reversed() {
      if points[index].count > limit {
        high = index
        below = 0
      } else {
        below += 1
        // Three at the end: the newest may be incomplete, and one may be noise.
        if below > (high == nil ? 2 : 1) { break }
      }
    }
    return high.map { points[$0].time }
  }

  /// Gives the deployment whose build or switch fits the moment the errors began; nothing if none
  /// does.
  ///
  /// It fits from a minute before its build began (its migrations run then) until ten minutes after
  /// it was ready; of several the one that was ready nearest to the moment.
  package static func culprit(of onset: Time, among deployments: [Deployment]) -> Deployment? {
    let minute: Int64 = 60_000_000
    return
      deployments
      .filter { deployment in
        guard deployment.state == .ready, let ready = deployment.ready else { return false }
        let begin = (deployment.buildStarted ?? deployment.created).microseconds - minute
        let end = ready.microseconds + 10 * minute
        return (begin...max(begin, end)).contains(onset.microseconds)
      }
      .min { distance($0, onset) < distance($1, onset) }
  }

  private static func distance(_ deployment: Deployment, _ onset: Time) -> UInt64 {
    let ready = deployment.ready ?? deployment.created
    return (ready.microseconds - onset.microseconds).magnitude
  }
}

/// When each production deployment served, as the order of deployments tells.
package struct ServingWindow: Sendable {
  package var deployment: Deployment
  package var window: TimeWindow

  /// Each ready deployment served from when it was ready until the next one was.
  ///
  /// - Parameter deployments: of one tier, in any order.
  package static func all(of deployments: [Deployment], until now: Time) -> [ServingWindow] {
    let ready =
      deployments
      .filter { $0.state == .ready }
      .sorted { ($0.ready ?? $0.created) > ($1.ready ?? $1.created) }
    var end = now
    return ready.map { deployment in
      let start = min(deployment.ready ?? deployment.created, end)
      defer { end = start }
      return ServingWindow(deployment: deployment, window: TimeWindow(start: start, end: end))
    }
  }
}

/// Why a deployment is, or is not, the one to go back to.
package struct RollbackCandidate: Sendable {
  package var deployment: Deployment
  package var served: TimeSpan
  /// In the worst hour while it served; nothing where no error counts were to be had.
  package var errorsPerMinute: Double?
  /// Nothing for a good one.
  package var objection: String?

  /// Judges a deployment that served in `window` before the live one.
  package static func judge(
    _ serving: ServingWindow,
    live: Deployment,
    rolledBackFrom: Set<String>,
    points: [SeriesPoint]?,
    interval: TimeSpan
  ) -> RollbackCandidate {
    var candidate = RollbackCandidate(
      deployment: serving.deployment,
      served: serving.window.length
    )
    let rate = points.flatMap { worstHour(of: $0, in: serving.window, interval: interval) }
    candidate.errorsPerMinute = rate.map { $0 * 60 / max(interval.inSeconds, 1) }
    let deployment = serving.deployment
    if deployment.id == live.id {
      candidate.objection = "it serves now"
    } else if deployment.created >= live.created {
      candidate.objection = "it is newer than the live one"
    } else if !deployment.isRollbackCandidate {
      candidate.objection = "the vendor no longer keeps it for a rollback"
    } else if rolledBackFrom.contains(deployment.id) {
      candidate.objection = "somebody rolled back from it"
    } else if candidate.served < .minutes(10) {
      candidate.objection = "it served only \(candidate.served.roundedText)"
    } else if let rate, let points, rate > Incident.Usual(points).limit {
      candidate.objection = "it had more errors than usual while it served"
    }
    return candidate
  }

  /// The mean count of the worst hour of the intervals that lie inside the window, or else of those
  /// that touch it.
  ///
  /// An hour, because a deployment that broke something is often replaced by promoting an older one,
  /// which leaves its window open: over the whole of it a bad hour would be thinned out. A few bad
  /// minutes are still noise.
  private static func worstHour(
    of points: [SeriesPoint],
    in window: TimeWindow,
    interval: TimeSpan
  ) -> Double? {
    let length = max(interval.microseconds, 1)
    let start = window.start.microseconds
    let end = window.end.microseconds
    var chosen = points.filter {
      $0.time.microseconds >= start && $0.time.microseconds + length <= end
    }
    if chosen.isEmpty {
      chosen = points.filter {
        $0.time.microseconds + length > start && $0.time.microseconds < end
      }
    }
    guard !chosen.isEmpty else { return nil }
    let hour = min(chosen.count, max(1, Int(TimeSpan.hours(1).microseconds / length)))
    return (0...chosen.count - hour).map { first in
      chosen[first..<first + hour].reduce(0) { $0 + $1.count } / Double(hour)
    }
    .max()
  }
}
