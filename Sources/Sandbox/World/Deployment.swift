/// Milliseconds since 1970 UTC, as Vercel counts.
typealias Milliseconds = Int64

/// Somebody of Optiq's team.
struct Person: Sendable, Equatable {
  var id: String
  var name: String
  var login: String
  var email: String
}

struct Commit: Sendable, Equatable {
  var sha: String
  var author: Person
  var message: String
}

struct CronDefinition: Sendable, Equatable {
  var path: String
  var schedule: String
}

/// One build of Optiq, as Vercel keeps it.
struct Deployment: Sendable, Equatable {
  enum State: String, Sendable {
    case queued = "QUEUED"
    case building = "BUILDING"
    case ready = "READY"
    case error = "ERROR"
    case canceled = "CANCELED"
  }

  struct Failure: Sendable, Equatable {
    var code: String
    var message: String
  }

  var id: String
  /// Where it answers, without a scheme.
  var host: String
  var createdAt: Milliseconds
  var buildingAt: Milliseconds
  /// When the build ended, whatever came out of it.
  var endedAt: Milliseconds?
  var state: State
  var isProduction: Bool
  var branch: String
  var pullRequest: Int64?
  var commit: Commit
  var creator: Person
  var source = "git"
  var failure: Failure?
  /// Whether production's domains ever pointed to it.
  var wasPromoted = false
  var isRollbackCandidate = false
  var aliasAssignedAt: Milliseconds?
  /// What the caller put into `meta`, beside what the Git integration puts there.
  var labels: [String: String] = [:]
  var crons: [CronDefinition] = CronDefinition.all
  /// How badly requests fail while it is live, from 0 to 1.
  ///
  /// No API tells this; its effects do.
  var defect = 0.0
  var defectCause = FailureCause.code

  var isReady: Bool { state == .ready }
}

extension CronDefinition {
  static let all = [
    CronDefinition(path: "/api/cron/usage-aggregation", schedule: "0 1 * * *"),
    CronDefinition(path: "/api/cron/daily-sync", schedule: "0 */4 * * *"),
    CronDefinition(path: "/api/cron/alerts-engine", schedule: "0 4 * * *"),
    CronDefinition(path: "/api/cron/journey-builder", schedule: "0 * * * *"),
    CronDefinition(path: "/api/cron/data-cleanup", schedule: "0 3 * * 0"),
  ]
}
