package import Values

/// Which position of the write-ahead log a moment of a branch's history is at.
///
/// The sandbox comes up within seconds, but its story is a day old: that part of the history is a
/// list of points, made when the story was written. From `liveFrom` on the server's own commit
/// times are the history.
package struct BranchHistory: Equatable, Sendable {
  /// What was committed by a moment of the story.
  package struct Point: Equatable, Sendable {
    package var time: Time
    package var lsn: LSN

    package init(time: Time, lsn: LSN) {
      self.time = time
      self.lsn = lsn
    }
  }

  /// Ascending in time and in position.
  package private(set) var points: [Point]
  package private(set) var liveFrom: Time

  /// - Parameter points: at least one; the first is when history begins.
  package init(points: [Point], liveFrom: Time) {
    self.points = points.sorted { $0.lsn < $1.lsn }
    self.liveFrom = liveFrom
  }

  /// When the history begins.
  package var start: Time { points.first?.time ?? liveFrom }

  /// Where a recovery to `time` has to end; nothing before the history begins.
  package func target(at time: Time) -> Cluster.RecoveryTarget? {
    if time >= liveFrom { return .time(time) }
    return points.last { $0.time <= time }.map { .lsn($0.lsn) }
  }

  /// The position a moment of the story is at, where that is known without reading the log.
  package func lsn(at time: Time) -> LSN? {
    time >= liveFrom ? nil : points.last { $0.time <= time }?.lsn
  }

  /// The moment a position of the story is at; nothing in the live part.
  package func time(at lsn: LSN) -> Time? {
    guard let last = points.last, lsn <= last.lsn else { return nil }
    return points.last { $0.lsn <= lsn }?.time
  }

  /// The history of a cluster that was recovered to `target` and took connections at `ready`.
  ///
  /// After a recovery into the live part nothing changes: the commits after the target are not in
  /// the recovered log, so every time up to `ready` leads to the target by itself.
  package func recovered(to target: Cluster.RecoveryTarget, ready: Time) -> BranchHistory {
    guard case .lsn(let lsn) = target, let last = points.last, lsn <= last.lsn else { return self }
    return BranchHistory(points: points.filter { $0.lsn <= lsn }, liveFrom: ready)
  }

  /// A readable form for the state folder.
  package var json: JSON {
    [
      "live_from": .string(liveFrom.text),
      "points": .array(
        points.map { ["time": .string($0.time.text), "lsn": .string($0.lsn.description)] }
      ),
    ]
  }
}
