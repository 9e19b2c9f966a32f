package import Objects
private import Synchronization
package import Values

/// The one screen: what is broken, since when, what changed just before, what opsh would do next.
package struct StatusReport: Sendable {
  package var taken: Time
  package var environments: [EnvironmentStatus]
  package var contacts: [Contact]

  /// How long it waits for answers, where nothing else is said.
  package static let patience = TimeSpan.milliseconds(900)

  /// Asks everything at once and takes what answers in time.
  package static func gather(
    _ environments: [OperatedEnvironment],
    contacts: [Contact] = [],
    patience: TimeSpan = patience,
    in context: CallContext
  ) -> StatusReport {
    let gathering = Gathering()
    let heard = Heard()
    var context = context
    context.heard = { heard.note($1, of: $0) }
    let questions = environments.map { EnvironmentQuestions($0, gathering, context) }
    _ = gathering.wait(atMost: patience)
    return StatusReport(
      taken: context.now,
      environments: questions.map {
        $0.status(now: context.now, waited: patience, heard: heard)
      },
      contacts: contacts
    )
  }
}

/// One environment on the one screen.
package struct EnvironmentStatus: Sendable {
  package var name: String
  package var health: HealthReport?
  package var live: Deployment?
  package var traffic: Traffic?
  package var troubleSince: Time?
  package var culprit: Deployment?
  /// Who would have to answer before it is known whether a deployment is to blame.
  package var blameIsUpTo: String?
  package var topIssue: TrackedIssue?
  package var isPaused = false
  package var cronsEnabled: Bool?
  package var areWritesStopped: Bool?
  package var newestMigration: Migration?
  package var failedMigration: Migration?
  /// Sources that were asked and did not answer, and why.
  package var missing: [(source: String, reason: String)] = []
  /// The stack's own runbook for a rollback, as its path is typed.
  package var rollbackRunbook: String?

  /// In one word: `ok`, `degraded`, `down`, `paused`, `unknown`.
  package var word: String {
    if isPaused { return "paused" }
    guard let health else { return troubleSince == nil ? "unknown" : "degraded" }
    return health.status == "ok" && troubleSince != nil ? "degraded" : health.status
  }

  /// What opsh would do next, as lines to type; empty where all is well.
  package var next: [String] {
    if isPaused { return ["do \(name).resume()"] }
    guard word != "ok" else { return [] }
    guard troubleSince != nil else {
      let unknown = blameIsUpTo.map { "since when it is so is not known without \($0): ask again" }
      return [
        unknown, unknown.map { _ in askAgain }, "\(name).health.checks",
        "\(name).logs(last: 15m) | where .level is \"error\" | first 10",
      ].compactMap(\.self)
    }
    guard let culprit else {
      if let blameIsUpTo {
        return [
          "whether a deployment is to blame is not known without \(blameIsUpTo): ask again",
          askAgain, "\(name).errors(last: 1h) | first 5",
        ]
      }
      return [
        "no deployment fits the beginning of the errors: look at what they say",
        "\(name).errors(last: 1h) | first 5",
      ]
    }
    guard isServed(culprit) else {
      guard health?.status != "ok" else {
        return [
          "the culprit no longer serves and health is ok: errors of before still count, look again",
          "opsh status \(name)", "\(name).errors(last: 2m) | first 5",
        ]
      }
      return [
        "the culprit no longer serves, but something of it is left: look at the data",
        "\(name).health.checks",
        "\(name).database.rewind(to: \(name).culprit.safe_point)   # shows the plan, changes nothing",
      ]
    }
    guard let rollbackRunbook else {
      return ["\(name).rollback(to: \(name).last_good)   # shows the plan, changes nothing"]
    }
    return ["opsh plan \(rollbackRunbook) env=\(name)", "opsh \(rollbackRunbook) env=\(name)"]
  }
}

extension EnvironmentStatus {
  private var askAgain: String { "opsh status \(name) --timeout 30s" }

  /// A deployment that was made later contains the culprit's code; where nobody says what serves,
  /// nothing speaks against it.
  private func isServed(_ culprit: Deployment) -> Bool {
    live.map { $0.id == culprit.id || $0.created > culprit.created } ?? true
  }
}

/// What was last seen of those that are asked again, and had not answered in time.
private final class Heard: Sendable {
  private let last = Mutex<[String: String]>([:])

  func note(_ what: String, of vendor: String) {
    last.withLock { $0[vendor] = what }
  }

  /// Of a source: a vendor, or what it names its vendor in, such as `optiq on Neon branch main`.
  func words(of source: String) -> String? {
    last.withLock { last in
      last.first { source == $0.key || source.contains(" \($0.key) ") }?.value
    }
  }
}

/// The questions that are under way for one environment.
private struct EnvironmentQuestions {
  let environment: OperatedEnvironment
  private let health: Gathering.Answer<HealthReport>?
  private let live: Gathering.Answer<Deployment?>?
  private let project: Gathering.Answer<HostingProject>?
  private let traffic: Gathering.Answer<Traffic>?
  private let trouble: Gathering.Answer<Time?>?
  private let culprit: Gathering.Answer<Deployment?>?
  private let issues: Gathering.Answer<[TrackedIssue]>?
  private let migrations: Gathering.Answer<[Migration]>?
  private let writesAreStopped: Gathering.Answer<Bool>?

  init(_ environment: OperatedEnvironment, _ gathering: Gathering, _ context: CallContext) {
    self.environment = environment
    let name = environment.name
    health = environment.health.flatMap { probe in
      environment.url.map { url in
        gathering.ask { () throws(Failure) in try probe.health(of: url, in: context) }
      }
    }
    live = environment.hosting.map { _ in
      gathering.ask { () throws(Failure) in try environment.live(in: context) }
    }
    project = environment.hosting.map { hosting in
      gathering.ask { () throws(Failure) in try hosting.project(in: context) }
    }
    let quarter = TimeWindow(
      start: Time(microseconds: context.now.microseconds - TimeSpan.minutes(5).microseconds),
      end: context.now
    )
    let hour = TimeWindow(
      start: Time(microseconds: context.now.microseconds - TimeSpan.hours(1).microseconds),
      end: context.now
    )
    traffic = environment.errors.map { errors in
      gathering.ask { () throws(Failure) in
        try errors.observedTraffic(quarter, environment: name, in: context)
      }
    }
    if let observe = context.observe, let errors = environment.errors {
      // For the record's charts; the screen shows nothing of it.
      _ = gathering.ask { () throws(Failure) in
        let points = try errors.trafficSeries(
          hour,
          interval: .minutes(1),
          environment: name,
          in: context
        )
        if !points.isEmpty { observe(Measurement(environment: name, points: points)) }
      }
    }
    issues = environment.errors.map { errors in
      gathering.ask { () throws(Failure) in
        try errors.issues(hour, environment: name, in: context)
      }
    }
    trouble = environment.errors.map { _ in
      gathering.ask { () throws(Failure) in try environment.troubleSince(in: context) }
    }
    let hasBoth = environment.errors != nil && environment.hosting != nil
    culprit =
      hasBoth
      ? gathering.ask { () throws(Failure) in try environment.culprit(in: context) } : nil
    migrations = environment.database.map { database in
      gathering.ask { () throws(Failure) in try database.migrations(in: context) }
    }
    writesAreStopped = environment.database.map { database in
      gathering.ask { () throws(Failure) in try database.writesAreStopped(in: context) }
    }
  }

  /// - Parameter waited: how long the answers had, for the words about those that did not come.
  func status(now: Time, waited: TimeSpan, heard: Heard) -> EnvironmentStatus {
    var status = EnvironmentStatus(name: environment.name)
    status.rollbackRunbook = environment.rollbackRunbook
    var missing: [(source: String, reason: String)] = []
    func take<Content>(_ answer: Gathering.Answer<Content>?, _ source: String) -> Content? {
      guard let answer else { return nil }
      switch answer.result {
      case .success(let content)?: return content
      case .failure(let failure)?:
        if !missing.contains(where: { $0.source == source }) {
          missing.append((source, failure.message))
        }
      case nil:
        if !missing.contains(where: { $0.source == source }) {
          let last = heard.words(of: source).map { ": \($0)" } ?? ""
          missing.append((source, "no answer within \(waited.roundedText)" + last))
        }
      }
      return nil
    }
    let hosting = environment.hosting?.vendor ?? "hosting"
    let errors = environment.errors?.vendor ?? "errors"
    status.health = take(health, "health")
    status.live = take(live, hosting) ?? nil
    let project = take(project, hosting)
    status.isPaused = project?.isPaused ?? false
    status.cronsEnabled = project?.cronsEnabled
    status.traffic = take(traffic, errors)
    status.troubleSince = take(trouble, errors) ?? nil
    let troubleIsMissing = trouble != nil && trouble?.result == nil
    // The culprit is asked for at both: what went wrong says at which of them.
    let blamed = culprit.flatMap { answer -> String? in
      guard case .failure(let failure)? = answer.result else { return nil }
      return failure.message.hasPrefix(errors) ? errors : hosting
    }
    let decisive = blamed ?? (troubleIsMissing ? errors : hosting)
    if let culprit {
      let found = take(culprit, decisive)
      status.culprit = found ?? nil
      status.blameIsUpTo = found == nil ? decisive : nil
    } else {
      status.blameIsUpTo = unasked(status)
    }
    status.topIssue = take(issues, errors)?.first
    let database = environment.database?.label ?? "database"
    let migrations = take(migrations, database) ?? []
    status.areWritesStopped = take(writesAreStopped, database)
    status.newestMigration = migrations.last { $0.state == .applied }
    status.failedMigration = migrations.first { $0.state.isStopped }
    for (service, failure) in environment.unavailable.sorted(by: { $0.key < $1.key }) {
      missing.append((service.rawValue, failure.message))
    }
    status.missing = missing
    return status
  }

  /// Who would have to be there to be asked for a culprit; nothing where nobody misses them.
  private func unasked(_ status: EnvironmentStatus) -> String? {
    if environment.errors == nil {
      return environment.unavailable[.errors] == nil ? nil : "the count of errors"
    }
    guard status.troubleSince != nil else { return nil }
    return environment.unavailable[.hosting] == nil
      ? "a hosting in the stack file" : "the hosting"
  }
}
