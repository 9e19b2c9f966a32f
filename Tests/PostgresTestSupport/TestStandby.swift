import Foundation

/// A replica that streams from a cluster; it ends with the process.
package final class TestStandby: Sendable {
  package let port: Int

  package init(of cluster: TestCluster, named name: String) throws(ClusterProblem) {
    guard let installation = Installation.find() else {
      throw ClusterProblem("no PostgreSQL 15 or newer was found")
    }
    port = try FreePort.find()
    let folder = try TestCluster.makeFolder()
    let steppingDown = try SteppingDown(owning: folder)
    let data = folder + "/data"
    try steppingDown.run(
      installation.program("pg_basebackup"),
      [
        "-D", data, "-R", "-c", "fast", "-d",
        "host=127.0.0.1 port=\(cluster.port) user=\(cluster.user) application_name=\(name)",
      ]
    )
    try steppingDown.run(
      installation.program("pg_ctl"),
      [
        "-D", data, "-l", folder + "/log", "-w", "-t", "60", "-o",
        "-p \(port) -k \(folder) -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=50"
          + " -c max_prepared_transactions=5",
        "start",
      ]
    )
    try GuardProcess.start(
      stopping: steppingDown.command(
        installation.program("pg_ctl"),
        ["-D", data, "-m", "immediate", "stop"]
      ),
      removing: folder
    )
  }
}
