import Synchronization

/// Hands a recovered cluster from the operation that made it to the one that puts it in place.
final class RecoveredCluster: Sendable {
  typealias Content = (cluster: Cluster, history: BranchHistory)

  private let content = Mutex<Content?>(nil)

  func set(_ new: Content) {
    content.withLock { $0 = new }
  }

  func take() -> Content? {
    content.withLock { held in
      defer { held = nil }
      return held
    }
  }
}
