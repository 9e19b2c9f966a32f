import Foundation
import Journals
import Reports
import Sinks
import Synchronization
import Values

extension TestIncident {
  /// The incident that the run belongs to: opened two minutes before it by somebody else.
  static func story() throws -> IncidentStory {
    let folder = FileManager.default.temporaryDirectory.appending(path: "opsh-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = IncidentStore(path: folder.path)
    let moments = Moments([-120, 480, 1200])
    let clock: @Sendable () -> (wall: Time, monotonic: Int64) = { (moment(moments.next()), 0) }
    let path = folder.path + "/inc-1"
    try Folder.create(path)
    let file = try DiskJournalFile(path: path + "/journal", isNew: true)
    let journal = try Journal(runID: "inc-1", file: file, registry: SecretRegistry(), clock: clock)
    try journal.append(
      .incidentOpened,
      [
        .init("operator", "tom"), .init("severity", 1), .init("title", "checkout answers 500"),
      ],
      durable: false
    )
    try journal.append(
      .incidentUpdated,
      [.init("note", "rolled back"), .init("operator", "tom"), .init("status", "monitoring")],
      durable: false
    )
    try journal.append(.incidentClosed, [.init("operator", "mia")], durable: false)
    return IncidentStory(incident: try store.read(id: "inc-1"), transcripts: [transcript])
  }
}

/// The seconds at which something is said, one after the other.
private final class Moments: Sendable {
  private let left: Mutex<[Double]>

  init(_ seconds: [Double]) {
    left = Mutex(seconds)
  }

  func next() -> Double { left.withLock { $0.isEmpty ? 0 : $0.removeFirst() } }
}
