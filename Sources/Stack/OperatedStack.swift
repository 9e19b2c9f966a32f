package import Objects
package import Values

/// The operated system: what the stack file declares, with its vendors connected.
package final class OperatedStack: Sendable {
  package let name: String
  package let environments: [OperatedEnvironment]
  package let contacts: [Contact]
  /// Programs that only read, by their whole argument lists.
  package let declaredReads: [[String]]
  /// The hosts that a secret of it may reach, for `opsh trust` and `opsh doctor`.
  package let reaches: [Reach]
  /// Where its incidents are kept; nothing where nobody keeps any, as in a test.
  package let incidents: (any IncidentLog)?

  package init(
    name: String,
    environments: [OperatedEnvironment],
    contacts: [Contact],
    declaredReads: [[String]],
    reaches: [Reach],
    incidents: (any IncidentLog)? = nil
  ) {
    self.name = name
    self.environments = environments
    self.contacts = contacts
    self.declaredReads = declaredReads
    self.reaches = reaches
    self.incidents = incidents
  }

  package func environment(_ name: String) -> OperatedEnvironment? {
    environments.first { $0.name == name }
  }
}

/// One environment and the services behind it.
package final class OperatedEnvironment: Sendable {
  package let name: String
  package let url: String?
  package let isProtected: Bool
  package let region: String?
  package let hosting: (any Hosting)?
  package let database: (any DatabaseService)?
  package let errors: (any ErrorTracker)?
  package let health: (any HealthProbe)?
  package let jobs: [Job]
  /// The stack's own runbook for a rollback, as its path is typed; nothing where it has none.
  package let rollbackRunbook: String?
  /// Why a service that the stack file names could not be made, such as a secret that is not set.
  package let unavailable: [Service: Failure]

  /// A service that the stack file may name.
  package enum Service: String, Comparable, Sendable {
    case database, errors, hosting

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  package init(
    name: String,
    url: String?,
    isProtected: Bool,
    region: String?,
    hosting: (any Hosting)?,
    database: (any DatabaseService)?,
    errors: (any ErrorTracker)?,
    health: (any HealthProbe)?,
    jobs: [Job],
    rollbackRunbook: String? = nil,
    unavailable: [Service: Failure] = [:]
  ) {
    self.name = name
    self.url = url
    self.isProtected = isProtected
    self.region = region
    self.hosting = hosting
    self.database = database
    self.errors = errors
    self.health = health
    self.jobs = jobs
    self.rollbackRunbook = rollbackRunbook
    self.unavailable = unavailable
  }

  /// The environment itself, as what plans are about.
  package var target: Plan.Target {
    Plan.Target(environment: name, kind: "environment", identity: name)
  }

  package func needHosting() throws(Failure) -> any Hosting {
    try need(hosting, "hosting", "hosting: vercel(project: …, token: secret(…))")
  }

  package func needDatabase() throws(Failure) -> any DatabaseService {
    try need(database, "database", "database: neon(…) in environment \(name)")
  }

  package func needErrors() throws(Failure) -> any ErrorTracker {
    try need(errors, "errors", "errors: sentry(organization: …, project: …, token: secret(…))")
  }

  package func needHealth() throws(Failure) -> any HealthProbe {
    try need(health, "url", "url: \"https://…\" in environment \(name)")
  }

  package func needURL() throws(Failure) -> String {
    try need(url, "url", "url: \"https://…\" in environment \(name)")
  }

  /// A service, or nothing where the stack file names none.
  ///
  /// - Throws: why one that it names could not be made: to go on as if there were none would be wrong.
  package func ifNamed<Made>(_ made: Made?, _ service: Service) throws(Failure) -> Made? {
    if made == nil, let failure = unavailable[service] { throw failure }
    return made
  }

  private func need<Made>(_ service: Made?, _ entry: String, _ line: String)
    throws(Failure) -> Made
  {
    guard let service else {
      if let named = Self.Service(rawValue: entry), let failure = unavailable[named] {
        throw failure
      }
      throw Failure(
        .usage,
        "the stack file has no '\(entry)' for \(name)",
        advice: ["add: \(line)"]
      )
    }
    return service
  }
}

/// Somebody to turn to, in the order of `after`.
package struct Contact: Sendable {
  package var name: String
  package var via: String
  package var channel: String?
  package var after: TimeSpan

  package init(name: String, via: String, channel: String?, after: TimeSpan) {
    self.name = name
    self.via = via
    self.channel = channel
    self.after = after
  }
}

/// A vendor that the stack file reaches, and the secrets that go there.
package struct Reach: Hashable, Sendable {
  package var vendor: String
  package var host: String
  package var secrets: [String]

  package init(vendor: String, host: String, secrets: [String]) {
    self.vendor = vendor
    self.host = host
    self.secrets = secrets
  }
}
