private import Glibc

/// Several exchanges at once on the calling thread, each with its own deadlines.
struct Conversation: ~Copyable {
  private let multi: MultiHandle
  private let options: Client.Options
  private let cancelOn: Int32?
  private var waiting: ArraySlice<(index: Int, request: Request)>
  private var running: [TransferHandle.ID: Exchange] = [:]
  private var results: [Result<Response, HTTPError>?]
  private let consumer: Exchange.Consumer?

  init(
    _ requests: [Request],
    on multi: MultiHandle,
    options: Client.Options,
    cancelOn: Int32?,
    consumer: Exchange.Consumer? = nil
  ) {
    self.multi = multi
    self.options = options
    self.cancelOn = cancelOn
    self.consumer = consumer
    waiting = requests.enumerated().map { (index: $0.offset, request: $0.element) }[...]
    results = Array(repeating: nil, count: requests.count)
  }

  /// Runs every exchange to its end; the results are in the order of the requests.
  mutating func run() -> [Result<Response, HTTPError>] {
    var isCancelled = cancelOn.map(Self.isReadable) ?? false
    while !isCancelled {
      start()
      guard !running.isEmpty else { break }
      step()
      guard !running.isEmpty else { continue }
      isCancelled = multi.wait(cancelOn: cancelOn, milliseconds: timeToNextDeadline())
    }
    // An answer that is already here is worth more than the wish not to wait for it.
    if !running.isEmpty { step() }
    cancelRest()
    return results.map { $0 ?? .failure(.invalidRequest("it was never started")) }
  }

  private mutating func start() {
    while running.count < options.atOnce, let next = waiting.popFirst() {
      do throws(HTTPError) {
        let exchange = try Exchange(
          next.request,
          index: next.index,
          options: options,
          consumer: consumer
        )
        exchange.transfer.cancel(on: cancelOn)
        if let reason = multi.add(exchange.transfer) {
          results[next.index] = .failure(exchange.failed(reason))
        } else {
          running[exchange.transfer.id] = exchange
        }
      } catch {
        results[next.index] = .failure(error)
      }
    }
  }

  /// Moves what can move, then settles what has ended, was stopped or ran out of time.
  private mutating func step() {
    if let reason = multi.perform() {
      for exchange in running.values { settle(exchange, .failure(exchange.failed(reason))) }
    }
    while let (id, ending) = multi.nextFinished() {
      guard let exchange = running[id] else { continue }
      settle(exchange, exchange.finish(ending))
    }
    let now = ContinuousClock.now
    for exchange in running.values {
      if let stopped = exchange.deliver() {
        settle(exchange, stopped)
      } else if let error = exchange.expired(at: now) {
        settle(exchange, .failure(error))
      }
    }
  }

  private mutating func settle(_ exchange: Exchange, _ result: Result<Response, HTTPError>) {
    results[exchange.index] = result
    running[exchange.transfer.id] = nil
    multi.remove(exchange.transfer)
  }

  private mutating func cancelRest() {
    for exchange in running.values { settle(exchange, .failure(exchange.cancelled())) }
    while let next = waiting.popFirst() {
      let host = next.request.url.authority
      results[next.index] = .failure(.cancelled(host: host, hasSent: false, after: .zero))
    }
  }

  private func timeToNextDeadline() -> Int32 {
    guard let next = running.values.map(\.nextDeadline).min() else { return 0 }
    let left = (next - .now) / .milliseconds(1)
    // Rounded up, so that the deadline has passed when the wait ends.
    return Int32(min(max(0, left.rounded(.up)), 60_000))
  }

  private static func isReadable(_ descriptor: Int32) -> Bool {
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&watched, 1, 0) > 0
  }
}
