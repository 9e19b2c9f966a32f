package import Objects
package import Values

/// Asks an application's health endpoints and looks at its certificate.
package protocol HealthProbe: Sendable {
  /// Live, ready and full at once.
  func health(of url: String, in context: CallContext) throws(Failure) -> HealthReport
  /// Nothing for a plain `http:` URL.
  func certificate(of url: String, in context: CallContext) throws(Failure) -> Certificate?
}

package struct HealthReport: Sendable {
  /// `ok`, `degraded`, `down`.
  package var status: String
  package var isLive: Bool
  package var isReady: Bool
  /// Name and state of each part that the application reports.
  package var checks: [(name: String, status: String, detail: String?)]
  package var httpStatus: Int64?
  package var latency: TimeSpan?
  /// Why it is not ok, where something is known.
  package var reason: String?

  package init(status: String, isLive: Bool, isReady: Bool) {
    self.status = status
    self.isLive = isLive
    self.isReady = isReady
    checks = []
  }
}

package struct Certificate: Sendable {
  package var subject: String
  package var issuer: String
  package var validFrom: Time
  package var expires: Time
  package var names: [String]
  /// Why clients do not take it; nothing if they do.
  package var problem: String?

  package init(
    subject: String,
    issuer: String,
    validFrom: Time,
    expires: Time,
    names: [String],
    problem: String? = nil
  ) {
    self.problem = problem
    self.subject = subject
    self.issuer = issuer
    self.validFrom = validFrom
    self.expires = expires
    self.names = names
  }
}
