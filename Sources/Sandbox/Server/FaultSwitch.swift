import Synchronization

/// Tells the services whether rollbacks and restores are to fail; they are made before the servers
/// that know.
final class FaultSwitch: Sendable {
  private let servers = Mutex<[Vendor: VendorServer]>([:])

  func watch(_ server: VendorServer) {
    servers.withLock { $0[server.vendor] = server }
  }

  func isFailing(_ vendor: Vendor) -> Bool {
    servers.withLock { $0[vendor] }?.faults.contains(.failingRollback) ?? false
  }
}
