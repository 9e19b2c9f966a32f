import Foundation

/// A private PostgreSQL cluster for the tests of one process: its own folder, port and superuser.
///
/// It listens on loopback and on a Unix socket in its folder, and ends with the process: a guard
/// process stops the server and removes the folder when the tests' end of a pipe is closed, however
/// the tests came to their end.
package final class TestCluster: Sendable {
  package let folder: String
  package let port: Int
  /// The superuser; trusted without a password.
  package let user = "tester"

  /// The one cluster of this process, started when it is first asked for.
  package static let shared: Result<TestCluster, ClusterProblem> = Result {
    () throws(ClusterProblem) in
    try TestCluster()
  }

  /// Whether there is a PostgreSQL to test against; the reason to skip otherwise.
  package static var isAvailable: Bool { Installation.find() != nil }
  package static let skipReason = "no PostgreSQL 15 or newer was found; run scripts/setup"

  package init() throws(ClusterProblem) {
    guard let installation = Installation.find() else {
      throw ClusterProblem("no PostgreSQL 15 or newer was found")
    }
    let folder = try Self.makeFolder()
    let port = try FreePort.find()
    let steppingDown = try SteppingDown(owning: folder)
    let data = folder + "/data"
    try steppingDown.run(
      installation.program("initdb"),
      ["-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    )
    try steppingDown.run(
      installation.program("pg_ctl"),
      [
        "-D", data, "-l", folder + "/log", "-w", "-t", "60", "-o",
        """
        -p \(port) -k \(folder) -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=50 \
        -c log_statement=all -c logging_collector=off -c wal_level=replica \
        -c shared_preload_libraries=pg_stat_statements -c max_prepared_transactions=5
        """, "start",
      ]
    )
    self.folder = folder
    self.port = port
    try GuardProcess.start(
      stopping: steppingDown.command(
        installation.program("pg_ctl"),
        ["-D", data, "-m", "immediate", "stop"]
      ),
      removing: folder
    )
  }

  static func makeFolder() throws(ClusterProblem) -> String {
    var template = Array((NSTemporaryDirectory() + "/opsh-pg-XXXXXX").utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw ClusterProblem("no temporary folder") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// A URL for a database of the cluster, over TCP.
  package func url(database: String = "postgres") -> String {
    "postgresql://\(user)@127.0.0.1:\(port)/\(database)"
  }

  /// The server's log so far.
  package var log: String {
    (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
  }

  /// Runs psql against a database and gives its standard output.
  package func psql(
    _ arguments: [String],
    database: String = "postgres"
  ) throws(ClusterProblem) -> [UInt8] {
    try psql(arguments, url: url(database: database))
  }

  /// Runs psql against a URL, such as one that goes through a pooler.
  package func psql(_ arguments: [String], url: String) throws(ClusterProblem) -> [UInt8] {
    guard let installation = Installation.find() else { throw ClusterProblem("no psql") }
    return try run(
      installation.program("psql"),
      ["-X", "-v", "ON_ERROR_STOP=1", "-d", url] + arguments
    )
  }

  /// Makes an empty database with a name of its own.
  package func makeDatabase(
    _ name: String = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }
  )
    throws(ClusterProblem) -> String
  {
    _ = try psql(["-q", "-c", "create database \"\(name)\""])
    return name
  }
}
