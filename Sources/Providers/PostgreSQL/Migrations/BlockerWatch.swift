private import Dispatch
internal import Objects
internal import Postgres
private import Synchronization
internal import Values

/// Tells who keeps a session waiting, while it waits.
///
/// The session itself can not say anything until it has its lock, so another one asks.
final class BlockerWatch: Sendable {
  private struct State {
    var pid: Int?
    var since: Int64 = 0
    var blockers: [String] = []
    var told: [String] = []
  }

  /// What takes no longer than this is not worth a word.
  private static let patience: Int64 = 300_000

  private let database: PostgresDatabase
  private let report: @Sendable (String) -> Void
  private let state = Mutex(State())
  private let over = Cancellation()
  private let ended = DispatchSemaphore(value: 0)

  init(_ database: PostgresDatabase, report: @escaping @Sendable (String) -> Void) {
    self.database = database
    self.report = report
  }

  /// Watches a session while something is sent on it; what is known of its blockers stays known until
  /// the next.
  func watching<Result, Failure: Error>(
    _ pid: Int,
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    state.withLock { $0 = State(pid: pid, since: Time.monotonicMicroseconds(), told: $0.told) }
    defer { state.withLock { $0.pid = nil } }
    return try body()
  }

  /// Who was last in the way of what was watched last.
  var blockers: [String] { state.withLock { $0.blockers } }

  func start() {
    let isStarted = Threads.detach { [self] in
      while (try? over.wait(.milliseconds(150))) != nil { look() }
      ended.signal()
    }
    if !isStarted { ended.signal() }
  }

  func end() {
    over.cancel()
    ended.wait()
  }

  private func look() {
    let now = Time.monotonicMicroseconds()
    let pid = state.withLock { state in
      now - state.since < Self.patience ? nil : state.pid
    }
    guard let pid else { return }
    let context = CallContext(cancellation: over, now: .now(), deadline: .seconds(5))
    // Where it can not be asked, the waiting itself goes on as it is.
    guard let rows = try? database.rows(Self.blockers, [.int(Int64(pid))], in: context) else {
      return
    }
    let words = rows.map(SessionWords.of)
    let pids = rows.map { "\($0["pid"]?.asInt ?? 0)" }
    let news = state.withLock { state in
      guard state.pid == pid, !words.isEmpty else { return [String]() }
      state.blockers = words
      let news = zip(pids, words).filter { !state.told.contains($0.0) }
      state.told += news.map(\.0)
      return news.map(\.1)
    }
    for line in news { report("waiting for \(line)") }
  }

  private static let blockers = """
    select b.pid, a.usename::text as "user", nullif(a.application_name, '') as application, a.state,
      clock_timestamp() - coalesce(a.xact_start, a.query_start) as age,
      left(a.query, 200) as query
    from unnest(pg_blocking_pids($1)) as b (pid) left join pg_stat_activity a on a.pid = b.pid
    order by a.xact_start
    """
}
