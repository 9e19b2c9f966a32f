/// One request on its way: its deadlines, what has come, and what an ending means.
final class Exchange {
  /// What a caller that wants the body as it comes gets to see; false ends the exchange.
  typealias Consumer = ([UInt8]) -> Bool

  let index: Int
  let transfer: TransferHandle
  private let request: Request
  private let consumer: Consumer?
  private let started: ContinuousClock.Instant
  private var lastMove: ContinuousClock.Instant
  private var lastProgress: Int64 = 0
  private var received = 0
  private var body: [UInt8] = []

  init(
    _ request: Request,
    index: Int,
    options: Client.Options,
    consumer: Consumer? = nil
  ) throws(HTTPError) {
    try request.validate()
    self.index = index
    self.request = request
    self.consumer = consumer
    let limit = consumer == nil ? request.responseLimit : .max
    transfer = try TransferHandle(request, options: options, bodyLimit: limit)
    started = .now
    lastMove = started
  }

  private var host: String { request.url.authority }

  /// What a transfer that has ended means to the caller.
  func finish(_ ending: TransferEnding) -> Result<Response, HTTPError> {
    if let stopped = deliver() { return stopped }
    guard ending == .answered else { return .failure(error(ending)) }
    return .success(response())
  }

  /// Hands on what has come; a result if that ends the exchange.
  func deliver() -> Result<Response, HTTPError>? {
    guard transfer.bodyCount > 0, let consumer else { return nil }
    let bytes = transfer.takeBody()
    received += bytes.count
    if (200..<300).contains(transfer.status) {
      return consumer(bytes) ? nil : .success(response())
    }
    // The answer to a failure is not what the consumer waits for.
    body += bytes
    guard body.count > request.responseLimit else { return nil }
    return .failure(error(.tooLarge))
  }

  private func response() -> Response {
    let rest = transfer.takeBody()
    return Response(
      status: transfer.status,
      headers: transfer.headers,
      body: body.isEmpty ? rest : body + rest,
      timings: transfer.timings,
      certificate: request.url.scheme == .https ? transfer.certificate : nil,
      url: request.url,
      peer: transfer.peer
    )
  }

  func cancelled(at now: ContinuousClock.Instant = .now) -> HTTPError {
    .cancelled(host: host, hasSent: transfer.hasSent, after: now - started)
  }

  func failed(_ reason: String) -> HTTPError {
    .failed(host: host, reason: reason, hasSent: transfer.hasSent, after: .now - started)
  }

  private func error(_ ending: TransferEnding) -> HTTPError {
    let hasSent = transfer.hasSent
    let reason = transfer.errorText
    let after = ContinuousClock.now - started
    return switch ending {
    case .answered, .failed: failed(reason)
    case .cancelled: .cancelled(host: host, hasSent: false, after: after)
    case .connectionLost:
      .connectionLost(host: host, reason: reason, hasSent: hasSent, after: after)
    case .headersTooLarge:
      .responseTooLarge(host: host, what: "head", limit: TransferHandle.headLimit)
    case .malformed: .malformedAnswer(host: host, reason: reason, after: after)
    case .nameNotResolved: .nameNotResolved(host: host, after: after)
    case .notConnected: .notConnected(host: host, reason: reason, after: after)
    case .timedOut where hasSent:
      .deadlinePassed(host: host, hasSent: true, received: receivedSoFar, after: after)
    case .timedOut: .connectTimedOut(host: host, after: after)
    case .tlsFailed where hasSent:
      .connectionLost(host: host, reason: reason, hasSent: true, after: after)
    case .tlsFailed: .tlsFailed(host: host, reason: reason, after: after)
    case .tooLarge: .responseTooLarge(host: host, what: "body", limit: request.responseLimit)
    }
  }

  private var receivedSoFar: Int { received + transfer.bodyCount }
}

extension Exchange {
  /// The error of the deadline that has passed, if one has.
  func expired(at now: ContinuousClock.Instant) -> HTTPError? {
    let hasSent = transfer.hasSent
    let progress = transfer.progress
    if progress != lastProgress || !hasSent {
      lastProgress = progress
      lastMove = now
    }
    let after = now - started
    if after >= request.deadline {
      return .deadlinePassed(host: host, hasSent: hasSent, received: receivedSoFar, after: after)
    }
    if !hasSent, after >= request.connectDeadline {
      return .connectTimedOut(host: host, after: after)
    }
    if let idle = request.idleDeadline, now - lastMove >= idle {
      return .idle(host: host, received: receivedSoFar, after: now - lastMove)
    }
    return nil
  }

  /// When the next of the deadlines can pass.
  var nextDeadline: ContinuousClock.Instant {
    var next = started + request.deadline
    if !transfer.hasSent { next = min(next, started + request.connectDeadline) }
    if let idle = request.idleDeadline { next = min(next, lastMove + idle) }
    return next
  }
}
