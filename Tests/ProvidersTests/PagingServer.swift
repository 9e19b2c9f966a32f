import Foundation
import Synchronization
import Values

@testable import Sandbox

/// A vendor's address that answers with what a test gives it.
///
/// Sees the sandbox's own types, which have the names of `Stack`'s.
final class PagingServer: Sendable {
  struct Answer: Sendable {
    var status = 200
    var headers: [(String, String)] = []
    var json: JSON
  }

  struct Asked: Sendable {
    var path: String
    var query: [String: String]
  }

  private let server: VendorServer
  private let logPath: String
  private let all: Log

  private final class Log: Sendable {
    let asked = Mutex<[Asked]>([])
  }

  static func start(
    _ answer: @escaping @Sendable (Asked) -> Answer
  ) async throws -> PagingServer {
    let path = NSTemporaryDirectory() + "opsh-paging-\(UUID().uuidString).log"
    let all = Log()
    let server = try await VendorServer.start(.vercel, log: try RequestLog(path: path)) { request in
      let asked = Asked(
        path: request.path,
        query: Dictionary(request.query, uniquingKeysWith: { _, last in last })
      )
      all.asked.withLock { $0.append(asked) }
      let given = answer(asked)
      return .whole(.json(given.json, status: given.status, headers: given.headers))
    }
    return PagingServer(server, logPath: path, all)
  }

  private init(_ server: VendorServer, logPath: String, _ all: Log) {
    self.server = server
    self.logPath = logPath
    self.all = all
  }

  deinit { unsafe unlink(logPath) }

  var url: String { server.url }
  var asked: [Asked] { all.asked.withLock { $0 } }

  func stop() async { await server.stop() }
}
