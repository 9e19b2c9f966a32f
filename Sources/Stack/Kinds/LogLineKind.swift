package import Objects
package import Values

extension ObjectKind {
  package static let logLine = ObjectKind(
    "log_line",
    summary: "one line that a build, a request or the application logged",
    members: [
      .field("time", .time, "when it was logged", column: true) { (it: LogLine) in
        .time(it.time)
      },
      .field(
        "level",
        .oneOf(["debug", "info", "warning", "error", "fatal"]),
        "how bad it is",
        column: true
      ) { (it: LogLine) in .text(it.level) },
      .field("method", .optional(.text), "the request's method") { (it: LogLine) in
        .orNothing(it.method) { .text($0) }
      },
      .field("path", .optional(.text), "the request's path", column: true) { (it: LogLine) in
        .orNothing(it.path) { .text($0) }
      },
      .field("status", .optional(.int), "the answer's HTTP status", column: true) {
        (it: LogLine) in .orNothing(it.status) { .int($0) }
      },
      .field("message", .text, "what was logged", column: true) { (it: LogLine) in
        .text(it.message)
      },
      .field("deployment", .optional(.text), "the deployment that logged it") { (it: LogLine) in
        .orNothing(it.deployment) { .text($0) }
      },
      .field("source", .optional(.text), "function, edge, build, …") { (it: LogLine) in
        .orNothing(it.source) { .text($0) }
      },
    ],
    later: ["duration"]
  )
}

extension LogLine {
  package var value: Value {
    .object(ObjectValue(.logLine, identity: "\(time.text) \(level)", payload: self))
  }
}

/// A window as `logs(…)`, `errors(…)` and `traffic(…)` take it.
package enum LogWindow {
  package static let parameters: [Parameter] =
    windowParameters + [
      Parameter("path", .text, "only this path", isRequired: false),
      Parameter(
        "level",
        .oneOf(["debug", "info", "warning", "error", "fatal"]),
        "only this level",
        isRequired: false
      ),
    ]

  package static let windowParameters: [Parameter] = [
    Parameter("last", .duration, "this long up to now", isRequired: false),
    Parameter("since", .time, "from this moment on", isRequired: false),
    Parameter("from", .time, "the same as since", isRequired: false),
    Parameter("to", .time, "up to this moment instead of now", isRequired: false),
  ]

  /// Reads the window; `usual` long up to now where nothing is given.
  ///
  /// - Throws: `value` for one that is empty, in the future, or given twice.
  package static func window(
    _ arguments: Arguments,
    usual: TimeSpan,
    in context: CallContext
  ) throws(Failure) -> TimeWindow {
    let end = try arguments.time("to") ?? context.now
    let starts: [Time?] = [
      try arguments.time("since"), try arguments.time("from"),
      try arguments.duration("last").map {
        Time(microseconds: end.microseconds - $0.microseconds)
      },
    ]
    let given = starts.compactMap { $0 }
    guard given.count <= 1 else {
      throw Failure(.value, "give one of 'last', 'since' and 'from', not several")
    }
    let start = given.first ?? Time(microseconds: end.microseconds - usual.microseconds)
    guard start < end else {
      throw Failure(.value, "the window from \(start.text) to \(end.text) is empty")
    }
    return TimeWindow(start: start, end: end)
  }

  package static func query(_ arguments: Arguments, in context: CallContext) throws(Failure)
    -> LogQuery
  {
    let window = try window(arguments, usual: .hours(1), in: context)
    var query = LogQuery(since: window.start, until: window.end)
    query.path = try arguments.text("path")
    query.level = try arguments.text("level")
    return query
  }
}

/// Log lines as rows.
package final class LogStream: ValueStream {
  private let source: any LogSource

  package init(_ source: any LogSource) {
    self.source = source
  }

  package func next() throws(Failure) -> Value? {
    try source.next()?.value
  }

  package func cancel() {
    source.cancel()
  }
}
