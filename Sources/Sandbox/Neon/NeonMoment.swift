import Values

/// A moment of a branch's history that a request names; without a target it is the newest state.
struct NeonMoment: Sendable {
  var target: Cluster.RecoveryTarget?
  var lsn: LSN?
  var time: Time?

  static let head = NeonMoment()

  /// Reads a time or a position from a request, and checks that the branch has it.
  init(
    time: JSON?,
    lsn: JSON?,
    timeName: String,
    lsnName: String,
    branch: NeonBranch,
    retentionSeconds: Int64
  ) throws(NeonError) {
    self.init()
    if time != nil, lsn != nil {
      throw .badRequest("\(timeName) and \(lsnName) are mutually exclusive")
    }
    if let time {
      guard let moment = time.stringValue.flatMap({ Time($0) }) else {
        throw .badRequest("\(timeName) is not a date and time by ISO 8601")
      }
      try self.init(time: moment, name: timeName, branch, retentionSeconds)
    }
    if let lsn {
      guard let position = lsn.stringValue.flatMap({ LSN($0) }) else {
        throw .badRequest("\(lsnName) is not a log sequence number")
      }
      try self.init(lsn: position, name: lsnName, branch)
    }
  }

  private init() {}

  private init(
    time: Time,
    name: String,
    _ branch: NeonBranch,
    _ retentionSeconds: Int64
  ) throws(NeonError) {
    let now = Time.now()
    guard time <= now else { throw .badRequest("\(name) cannot be in the future") }
    let oldest = Time(microseconds: now.microseconds - retentionSeconds * 1_000_000)
    guard time >= oldest, let target = branch.history.target(at: time) else {
      throw .badRequest("\(name) is outside of the project's history retention window")
    }
    self.target = target
    self.time = time
    lsn = branch.history.lsn(at: time)
  }

  private init(lsn: LSN, name: String, _ branch: NeonBranch) throws(NeonError) {
    guard let first = branch.history.points.first?.lsn, lsn >= first else {
      throw .badRequest("\(name) is outside of the project's history retention window")
    }
    if branch.cluster.isRunning, let end = try? branch.cluster.lsn(), lsn > end {
      throw .badRequest("\(name) is in the future of the branch")
    }
    target = .lsn(lsn)
    self.lsn = lsn
    time = branch.history.time(at: lsn)
  }
}
