internal import Postgres
private import Synchronization

/// Reading sessions that are not in use, a few of them.
final class ConnectionPool: Sendable {
  private static let most = 4
  private let idle = Mutex<[Connection]>([])

  /// Gives a session to one user alone.
  func take() -> Connection? {
    idle.withLock { idle in
      while let connection = idle.popLast() {
        if connection.isOpen { return connection }
      }
      return nil
    }
  }

  func put(_ connection: Connection) {
    guard connection.isOpen else { return }
    let isKept = idle.withLock { idle in
      guard idle.count < Self.most else { return false }
      idle.append(connection)
      return true
    }
    if !isKept { connection.close() }
  }

  func clear() {
    let all = idle.withLock { idle in
      defer { idle = [] }
      return idle
    }
    for connection in all { connection.close() }
  }
}
