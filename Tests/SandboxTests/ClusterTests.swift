import Foundation
import Glibc
import Testing
import Values

@testable import Sandbox

/// A folder of a test's own, removed at the end.
final class TestFolder: Sendable {
  let path: String

  init() throws {
    path = "/tmp/opsh-sandbox-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension Cluster {
  /// A cluster in a folder that the servers' account can write to.
  static func forTest(in state: TestFolder) throws -> (ClusterFolder, Cluster) {
    let programs = try ServerPrograms.find()
    let folder = try ClusterFolder.make(state: state.path, programs: programs)
    let cluster = try Cluster.create(
      folder: folder.path + "/one",
      base: folder.path + "/base",
      port: try LoopbackPort.free(),
      password: "abcdef",
      programs: programs
    )
    return (folder, cluster)
  }

  func count() throws -> String {
    try DatabaseSession(superuserAddress()).text("select count(*)::text from t")
  }
}

@Suite(.timeLimit(.minutes(6))) struct ClusterTests {
  @Test func `any moment of a cluster can be recovered, and the recovered one goes on`() throws {
    let state = try TestFolder()
    let (folder, cluster) = try Cluster.forTest(in: state)
    defer { try? folder.remove() }
    try cluster.start()
    let session = try DatabaseSession(cluster.superuserAddress())
    try session.run("create table t (n int)")
    try session.run("insert into t values (1)")
    let first = try cluster.lsn()
    try session.run("insert into t values (2)")
    let between = Time.now()
    try session.run("insert into t values (3)")

    let byPosition = try cluster.recover(
      to: .lsn(first),
      into: folder.path + "/two",
      port: try LoopbackPort.free()
    )
    #expect(try byPosition.count() == "1")
    let byTime = try cluster.recover(
      to: .time(between),
      into: folder.path + "/three",
      port: try LoopbackPort.free()
    )
    #expect(try byTime.count() == "2")
    let newest = try cluster.recover(
      to: .time(.now()),
      into: folder.path + "/four",
      port: try LoopbackPort.free()
    )
    #expect(try newest.count() == "3")

    // A recovered cluster has a history too, that of its origin before it and its own since.
    try DatabaseSession(byTime.superuserAddress()).run("insert into t values (4), (5)")
    let later = try byTime.recover(
      to: .time(.now()),
      into: folder.path + "/five",
      port: try LoopbackPort.free()
    )
    #expect(try later.count() == "4")
    let earlier = try byTime.recover(
      to: .lsn(first),
      into: folder.path + "/six",
      port: try LoopbackPort.free()
    )
    #expect(try earlier.count() == "1")
  }

  @Test func `servers never run as root and listen on loopback only`() throws {
    let state = try TestFolder()
    let (folder, cluster) = try Cluster.forTest(in: state)
    defer { try? folder.remove() }
    cluster.customSettings = ["neon.branch_id": "br-o'clock"]
    try cluster.start()
    let session = try DatabaseSession(cluster.superuserAddress())
    #expect(try session.text("show listen_addresses") == "127.0.0.1")
    #expect(try session.text("show unix_socket_directories") == "")
    #expect(try session.text("select current_setting('neon.branch_id', true)") == "br-o'clock")
    let server = try #require(ClusterFolder.server(in: cluster.dataFolder))
    let owner = try FileManager.default.attributesOfItem(atPath: "/proc/\(server.pid)")
    #expect(owner[.ownerAccountID] as? Int != 0)
    try cluster.stop()
    #expect(!server.isRunning)
    #expect(ClusterFolder.server(in: cluster.dataFolder) == nil)
  }

  @Test func `what a crash leaves is cleared by the next sandbox, and nothing else`() throws {
    let state = try TestFolder()
    let (folder, cluster) = try Cluster.forTest(in: state)
    try cluster.start()
    let server = try #require(ClusterFolder.server(in: cluster.dataFolder))
    // A stranger whose number stands in a pid file of ours is not a server of ours.
    let stranger = try ServerProcess.start(["/bin/sleep", "600"], log: state.path + "/log")
    defer { kill(stranger.pid, SIGKILL) }
    let other = folder.path + "/other/data"
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    try Data("\(stranger.pid)\n\(other)\n".utf8).write(
      to: URL(fileURLWithPath: other + "/postmaster.pid")
    )

    let next = try ClusterFolder.make(state: state.path, programs: cluster.settings.programs)
    defer { try? next.remove() }
    #expect(!server.isRunning)
    #expect(stranger.isRunning)
    #expect(next.path == folder.path || !FileManager.default.fileExists(atPath: folder.path))
    #expect(!FileManager.default.fileExists(atPath: next.path + "/one"))
  }

  @Test func `where others may not go, clusters lie in the folder for temporary files`() throws {
    let state = try TestFolder()
    unsafe chmod(state.path, 0o700)
    let folder = try ClusterFolder.make(state: state.path, programs: try ServerPrograms.find())
    #expect(folder.path.hasPrefix(state.path) == (geteuid() != 0))
    try ClusterFolder.clear(state: state.path)
    #expect(!FileManager.default.fileExists(atPath: folder.path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: state.path).isEmpty)
  }

  @Test func `a folder that is not the sandbox's own is never removed`() throws {
    let state = try TestFolder()
    let stranger = try TestFolder()
    try Data(stranger.path.utf8).write(to: URL(fileURLWithPath: state.path + "/clusters.path"))
    try ClusterFolder.clear(state: state.path)
    #expect(FileManager.default.fileExists(atPath: stranger.path))
  }

  @Test func `a recovery that can not succeed leaves no server and no data`() throws {
    let state = try TestFolder()
    let (folder, cluster) = try Cluster.forTest(in: state)
    defer { try? folder.remove() }
    try cluster.start()
    let error = #expect(throws: ClusterError.self) {
      try cluster.recover(
        to: .lsn(LSN(position: .max / 2)),
        into: folder.path + "/two",
        port: try LoopbackPort.free()
      )
    }
    let reason = "recovery ended before configured recovery target was reached"
    #expect(error?.message.contains(reason) == true)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/two"))
  }

  @Test func `positions read as the server writes them`() {
    #expect(LSN("16/B374D848")?.position == 0x16_B374_D848)
    #expect(LSN(position: 0x16_B374_D848).description == "16/B374D848")
    #expect(LSN("0/0") != nil)
    for wrong in ["", "/", "1", "x/1", "1/2/3", "1/100000000", "-1/2"] {
      #expect(LSN(wrong) == nil, "\(wrong)")
    }
  }
}
