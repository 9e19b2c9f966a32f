private import Synchronization

/// What is under way and how far it is, for whoever shows it to a person that waits.
///
/// Safe from any thread. What reports costs a lock; where nobody watches it costs nothing.
package final class Progress: Sendable {
  /// One thing that takes its time.
  package struct Activity: Hashable, Sendable {
    /// Such as `asking Vercel`.
    package var label: String
    /// How much of it is done, in `unit`.
    package var done: Int64 = 0
    /// How much there is of it; nothing where nobody knows.
    package var total: Int64?
    /// Such as `rows`.
    package var unit = ""
    /// What else tells how far it is, such as `3 of 14 tables`.
    package var detail: String?
    /// After this long it is given up.
    package var limit: TimeSpan?
    /// When it began, in microseconds of the monotonic clock.
    package var began: Int64

    package init(
      label: String,
      unit: String = "",
      limit: TimeSpan? = nil,
      began: Int64
    ) {
      self.label = label
      self.unit = unit
      self.limit = limit
      self.began = began
    }

    /// In words, such as `asking Neon, 14s of at most 30s`.
    package func text(at now: Int64) -> String {
      let elapsed = TimeSpan(microseconds: max(0, now - began))
      var text = label
      if let total, total > 0 {
        text += ": \(done * 100 / total) % of \(total) \(unit)"
      } else if done > 0 {
        text += ": \(done) \(unit)"
      }
      if let detail { text += ", \(detail)" }
      text += ", \(elapsed.roundedText)"
      if let total, done > 0, done < total {
        let left = Double(elapsed.microseconds) * Double(total - done) / Double(done)
        text += ", about \(TimeSpan(microseconds: Int64(left)).roundedText) left"
      } else if let limit {
        text += " of at most \(limit.roundedText)"
      }
      return text
    }
  }

  private struct State {
    var step: String?
    var activities: [Int: Activity] = [:]
    var next = 0
  }

  /// One activity, for whoever does it; it is over with `end`, however often that is called.
  package struct Handle: Sendable {
    fileprivate let progress: Progress?
    fileprivate let number: Int

    package func advance(to done: Int64, of total: Int64? = nil, detail: String? = nil) {
      progress?.state.withLock { state in
        state.activities[number]?.done = done
        if let detail { state.activities[number]?.detail = detail }
        if let total { state.activities[number]?.total = total }
      }
    }

    package func end() {
      progress?.state.withLock { state in _ = state.activities.removeValue(forKey: number) }
    }
  }

  /// Nobody watches.
  package static let unwatched = Progress(isWatched: false)

  private let isWatched: Bool
  private let state = Mutex(State())

  package init(isWatched: Bool = true) {
    self.isWatched = isWatched
  }

  /// The step that a runbook is in, such as `3/5 Restore the database`.
  package var step: String? {
    get { state.withLock { $0.step } }
    set { if isWatched { state.withLock { $0.step = newValue } } }
  }

  package func begin(
    _ label: @autoclosure () -> String,
    unit: String = "",
    limit: TimeSpan? = nil
  ) -> Handle {
    guard isWatched else { return Handle(progress: nil, number: 0) }
    let activity = Activity(
      label: label(),
      unit: unit,
      limit: limit,
      began: Time.monotonicMicroseconds()
    )
    return state.withLock { state in
      state.next += 1
      state.activities[state.next] = activity
      return Handle(progress: self, number: state.next)
    }
  }

  /// Does what takes its time.
  package func during<Result>(
    _ label: @autoclosure () -> String,
    limit: TimeSpan? = nil,
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let handle = begin(label(), limit: limit)
    defer { handle.end() }
    return try body()
  }

  /// The step and what was begun last, in words; nothing where there is neither.
  package func text(at now: Int64) -> String? {
    state.withLock { state in
      let newest = state.activities.max { $0.key < $1.key }?.value
      let words = [state.step, newest?.text(at: now)].compactMap(\.self)
      return words.isEmpty ? nil : words.joined(separator: " · ")
    }
  }
}
