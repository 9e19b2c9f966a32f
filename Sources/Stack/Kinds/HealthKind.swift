package import Objects
package import Values

extension HealthReport {
  package func value(of environment: String) -> Value {
    .object(ObjectValue(.health, identity: status, environment: environment, payload: self))
  }
}

extension Certificate {
  package var value: Value {
    .object(ObjectValue(.certificate, identity: subject, payload: self))
  }
}

extension Traffic {
  package var value: Value {
    .object(
      ObjectValue(
        .traffic,
        identity: "\(window.start.text) to \(window.end.text)",
        payload: self
      )
    )
  }
}

extension ObjectKind {
  package static let health = ObjectKind(
    "health",
    summary: "what an application's health endpoints say",
    members: [
      .field("status", .oneOf(["ok", "degraded", "down"]), "how it is", column: true) {
        (it: HealthReport) in .text(it.status)
      },
      .field("live", .bool, "says whether the application runs", column: true) {
        (it: HealthReport) in .bool(it.isLive)
      },
      .field("ready", .bool, "says whether it can serve", column: true) { (it: HealthReport) in
        .bool(it.isReady)
      },
      .field("http_status", .optional(.int), "the status of the full answer", column: true) {
        (it: HealthReport) in .orNothing(it.httpStatus) { .int($0) }
      },
      .field("latency", .optional(.duration), "how long the full answer took", column: true) {
        (it: HealthReport) in .orNothing(it.latency) { .duration($0) }
      },
      .field("reason", .optional(.text), "why it is not ok", column: true) {
        (it: HealthReport) in .orNothing(it.reason) { .text($0) }
      },
      .field(
        "checks",
        .list(
          of: .fields([
            .init("name", .text), .init("status", .text), .init("detail", .optional(.text)),
          ])
        ),
        "what the application says of each of its parts"
      ) { (it: HealthReport) in
        .list(
          it.checks.map { check in
            .record(
              Record([
                "name": .text(check.name), "status": .text(check.status),
                "detail": .orNothing(check.detail) { .text($0) },
              ])
            )
          }
        )
      },
    ]
  )

  package static let certificate = ObjectKind(
    "certificate",
    summary: "the certificate a server answers with",
    members: [
      .field("subject", .text, "whom it names", column: true) { (it: Certificate) in
        .text(it.subject)
      },
      .field("issuer", .text, "who signed it", column: true) { (it: Certificate) in
        .text(it.issuer)
      },
      .field("valid_from", .time, "from when on it holds") { (it: Certificate) in
        .time(it.validFrom)
      },
      .field("expires", .time, "until when it holds", column: true) { (it: Certificate) in
        .time(it.expires)
      },
      .field("names", .list(of: .text), "all names it holds for") { (it: Certificate) in
        .list(it.names.map { .text($0) })
      },
      .field(
        "problem",
        .optional(.text),
        "why clients do not take it; nothing if they do",
        column: true
      ) { (it: Certificate) in it.problem.map { .text($0) } ?? .nothing },
    ]
  )

  package static let traffic = ObjectKind(
    "traffic",
    summary: "what an application was asked in a window, and how it answered",
    members: [
      .field("requests", .int, "how many requests", column: true) { (it: Traffic) in
        .int(it.requests)
      },
      .field("rate", .number, "requests a second", column: true) { (it: Traffic) in
        let seconds = max(it.window.length.inSeconds, 0.001)
        return .number((Double(it.requests) / seconds * 100).rounded() / 100)
      },
      .field(
        "error_rate",
        .percent,
        "the share that failed; 0% where nothing was asked",
        column: true
      ) { (it: Traffic) in .percent((it.failureRate ?? 0) * 100) },
      .field("p95", .duration, "19 of 20 were answered in this time", column: true) {
        (it: Traffic) in .duration(it.p95 ?? TimeSpan(microseconds: 0))
      },
    ]
  )
}
