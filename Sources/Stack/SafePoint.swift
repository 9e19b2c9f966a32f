internal import Objects
package import Values

/// The last moment before anything of a deployment touched the database.
package enum SafePoint {
  /// One second before its first migration started, by the bookkeeping table, or else before its
  /// build began.
  ///
  /// A migration belongs to a deployment when it started between a minute before the build began
  /// and a minute after the build was ready (migrations run in the build or right before it).
  package static func of(
    _ deployment: Deployment,
    migrations: [Migration]
  ) -> Time {
    let minute: Int64 = 60_000_000
    let begin = (deployment.buildStarted ?? deployment.created).microseconds
    let end = (deployment.ready ?? deployment.created).microseconds
    let first =
      migrations
      .compactMap(\.started?.microseconds)
      .filter { $0 >= begin - minute && $0 <= end + minute }
      .min()
    return Time(microseconds: (first ?? begin) - 1_000_000)
  }

  static func of(
    _ deployment: Deployment,
    in environment: OperatedEnvironment,
    _ context: CallContext
  ) throws(Failure) -> Time {
    guard let database = try environment.ifNamed(environment.database, .database) else {
      return of(deployment, migrations: [])
    }
    return of(deployment, migrations: try database.migrations(in: context))
  }
}
