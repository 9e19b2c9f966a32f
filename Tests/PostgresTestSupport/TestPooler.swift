import Foundation

/// A PgBouncer before a cluster, pooling by transaction; it ends with the process.
package final class TestPooler: Sendable {
  package let port: Int

  private static let program = "/usr/sbin/pgbouncer"

  package init(before cluster: TestCluster) throws(ClusterProblem) {
    port = try FreePort.find()
    let folder = try TestCluster.makeFolder()
    let steppingDown = try SteppingDown(owning: folder)
    let settings = """
      [databases]
      * = host=127.0.0.1 port=\(cluster.port)
      [pgbouncer]
      listen_addr = 127.0.0.1
      listen_port = \(port)
      unix_socket_dir =
      auth_type = trust
      auth_file = \(folder)/users
      admin_users = \(cluster.user)
      pool_mode = transaction
      logfile = \(folder)/log
      pidfile = \(folder)/pid
      """
    do {
      try settings.write(toFile: folder + "/ini", atomically: false, encoding: .utf8)
      try "\"\(cluster.user)\" \"\"\n"
        .write(toFile: folder + "/users", atomically: false, encoding: .utf8)
    } catch {
      throw ClusterProblem("\(error)")
    }
    try steppingDown.run(Self.program, ["-q", "-d", folder + "/ini"])
    try GuardProcess.start(
      stopping: ["/usr/bin/pkill", "-F", folder + "/pid"],
      removing: folder
    )
    // It goes into the background before it listens.
    let console = "postgresql://\(cluster.user)@127.0.0.1:\(port)/pgbouncer"
    let end = Date(timeIntervalSinceNow: 30)
    while (try? cluster.psql(["-qAtc", "show version"], url: console)) == nil {
      guard Date.now < end else { throw ClusterProblem("the pooler does not come up") }
    }
  }

  package func url(of cluster: TestCluster, database: String) -> String {
    "postgresql://\(cluster.user)@127.0.0.1:\(port)/\(database)?pgbouncer=true"
  }
}
