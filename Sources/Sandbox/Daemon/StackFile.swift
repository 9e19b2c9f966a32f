import Foundation

/// The stack file that describes a sandbox to opsh, with its secrets.
struct StackFile {
  var vercel: String
  var neon: String
  var sentry: String
  var app: String
  var staging: String
  var neonProject: String
  /// What production's server says it is, as opsh writes it: nothing is destroyed anywhere else.
  var identity: String
  var stagingIdentity: String
  var databaseName: String
  var roleName: String
  /// Last night's dump: reading it back to the end changes nothing, and the stack says so.
  var backup: String
  let names: Names

  func write(_ paths: SandboxPaths) throws(SandboxError) {
    try paths.makeFolder(paths.secrets)
    for (name, value) in secrets {
      try SandboxPaths.write(value + "\n", to: paths.secrets + "/" + name)
    }
    try SandboxPaths.write(text, to: paths.stack)
  }

  private var secrets: [(String, String)] {
    [
      ("VERCEL_TOKEN", names.vercelToken), ("SENTRY_AUTH_TOKEN", names.sentryToken),
      ("NEON_API_KEY", names.neonKey), ("CRON_SECRET", names.cronSecret),
    ]
  }

  private func secret(_ name: String) -> String { #"secret("\#(name)", file: "secrets/\#(name)")"# }

  private func database(_ branch: String) -> String {
    """
    neon(
          project: "\(neonProject)", branch: "\(branch)", name: "\(databaseName)",
          role: "\(roleName)", key: \(secret("NEON_API_KEY")),
          migrations: "prisma/migrations", backups: "backups", keep: 7, url: "\(neon)",
        )
    """
  }

  var text: String {
    """
    opsh 1

    # A sandbox: everything here answers on this machine, and nothing of it is real.
    stack "optiq" {
      hosting: vercel(
        project: "\(Names.project)", team: "\(Names.team)", token: \(secret("VERCEL_TOKEN")),
        url: "\(vercel)",
      )
      errors: sentry(
        organization: "\(Names.organization)", project: "\(Names.sentryProject)",
        token: \(secret("SENTRY_AUTH_TOKEN")), url: "\(sentry)",
      )

      environment production {
        protected: true
        url: "\(app)"
        database: \(database("main"))
        identity: "\(identity)"
        cron_secret: \(secret("CRON_SECRET"))
      }
      environment staging {
        protected: false
        url: "\(staging)"
        database: \(database("staging"))
        identity: "\(stagingIdentity)"
        cron_secret: \(secret("CRON_SECRET"))
      }

    \(jobs)
      contact "On-call engineer" { via: "pagerduty", after: 0m }
      contact "Platform lead" { via: "slack", channel: "#platform", after: 15m }
      contact "Database admin" { via: "slack", channel: "#database", after: 30m }

      reads: [
        ["git", "log", "-1"],
        ["pg_restore", "--file=/dev/null", "--", \(quoted(backup))],
      ]
    }

    """
  }

  /// A text of the language; a folder's name may hold what means something in one.
  private func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("$", with: "\\$")
    return "\"\(escaped)\""
  }

  /// The blueprint's five jobs.
  private var jobs: String {
    let jobs: [(name: String, cron: CronDefinition, takes: String, priority: String)] = [
      ("usage-aggregation", CronDefinition.all[0], "5m", "high"),
      ("ad-data-sync", CronDefinition.all[1], "30m", "medium"),
      ("alerts-engine", CronDefinition.all[2], "10m", "medium"),
      ("journey-builder", CronDefinition.all[3], "15m", "low"),
      ("data-cleanup", CronDefinition.all[4], "30m", "low"),
    ]
    return jobs.map { job in
      """
        job "\(job.name)" {
          path: "\(job.cron.path)", schedule: "\(job.cron.schedule)"
          takes: \(job.takes), priority: "\(job.priority)"
        }

      """
    }
    .joined()
  }
}
