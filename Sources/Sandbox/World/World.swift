/// A while during which one deployment was production.
struct Serving: Sendable, Equatable {
  var deployment: String
  var from: Milliseconds
  /// Nothing while it lasts.
  var until: Milliseconds?
}

/// How production came to point to another deployment.
struct Switch: Sendable, Equatable {
  enum Kind: String, Sendable { case deploy, promote, rollback }

  var kind: Kind
  var from: String?
  var to: String
  var at: Milliseconds
  var by: Person
  var reason: String?
}

/// What went wrong, and from when on.
struct Incident: Sendable, Equatable {
  var cause: FailureCause
  var startedAt: Milliseconds
}

/// Why requests fail.
enum FailureCause: String, Sendable, Hashable {
  /// The few errors that are always there.
  case background
  /// The culprit's code, and the code of deployments that went wrong before it.
  case code, earlierCode
  case data, vendor, database
}

/// The past of one small Optiq: decided by scenario, seed and the time at which it ends.
struct World: Sendable {
  let scenario: Scenario
  let seed: UInt64
  /// When the past ends and the sandbox goes live.
  let epoch: Milliseconds
  let names: Names
  /// Newest first.
  var deployments: [Deployment]
  /// Oldest first; the last one lasts.
  var servings: [Serving]
  /// Oldest first.
  var switches: [Switch]
  var incident: Incident?
  /// The deployment to blame.
  var culprit: String?
  /// The deployment that a person should go back to.
  var lastGood: String

  var live: String { servings.last?.deployment ?? lastGood }

  func deployment(_ id: String) -> Deployment? { deployments.first { $0.id == id } }

  /// When the culprit's migration was applied: in the middle of its build.
  var migratedAt: Milliseconds? {
    guard scenario == .badMigration, let culprit = culprit.flatMap(deployment),
      let ended = culprit.endedAt
    else { return nil }
    return culprit.buildingAt + (ended - culprit.buildingAt) * 2 / 5
  }
}
