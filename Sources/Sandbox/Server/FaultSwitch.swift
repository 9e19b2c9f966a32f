import Synchronization

/// Which faults are set, by vendor.
///
/// It is made before the servers and the services, both of which ask it: a restore fails where the
/// service carries it out, everything else where the request comes in.
final class FaultSwitch: Sendable {
  private let faults = Mutex<[Vendor: Set<Fault>]>([:])

  func faults(of vendor: Vendor) -> Set<Fault> {
    faults.withLock { $0[vendor] ?? [] }
  }

  /// Sets or clears a fault; gives whether it was set before.
  func set(_ fault: Fault, of vendor: Vendor, on: Bool) -> Bool {
    faults.withLock { faults in
      on
        ? !faults[vendor, default: []].insert(fault).inserted
        : faults[vendor, default: []].remove(fault) != nil
    }
  }

  func isFailing(_ vendor: Vendor) -> Bool {
    faults(of: vendor).contains(.failingRollback)
  }
}
