private import Synchronization

/// Sends requests and waits for their answers on the calling thread; connections are kept for the
/// next request.
///
/// One client serves a session; any number of threads may use it at once. The library is opened by
/// the first request.
package final class Client: Sendable {
  /// A connection that is made to look at who answers there.
  package enum Handshake: Sendable {
    case withVouchedFor
    /// Also where nobody vouches for the certificate.
    case withAnybody
  }

  package struct Options: Sendable {
    package var userAgent: String
    /// The address of a proxy; nil asks servers directly, whatever the environment says.
    package var proxy: String?
    /// A file of PEM certificates to trust instead of the system's.
    package var certificateAuthorities: String?
    /// Sends nothing: the answer has no status, but the certificate of the peer.
    package var onlyHandshake: Handshake?
    /// How many requests of one ``Client/sendAll(_:cancelOn:)`` are under way together.
    package var atOnce: Int

    package init(
      userAgent: String = "opsh",
      proxy: String? = nil,
      certificateAuthorities: String? = nil,
      onlyHandshake: Handshake? = nil,
      atOnce: Int = 32
    ) {
      self.userAgent = userAgent
      self.proxy = proxy
      self.certificateAuthorities = certificateAuthorities
      self.onlyHandshake = onlyHandshake
      self.atOnce = max(1, atOnce)
    }
  }

  private let options: Options
  private let resting = Mutex<[MultiHandle]>([])

  package init(_ options: Options = Options()) {
    self.options = options
  }

  /// Sends one request and waits for the whole answer, whatever its status.
  ///
  /// A request that is not safe to repeat goes out exactly once, on a connection of its own.
  /// `cancelOn` is a descriptor that becomes readable when the caller gives up.
  package func send(_ request: Request, cancelOn: Int32? = nil) throws(HTTPError) -> Response {
    try one(request, cancelOn: cancelOn, consumer: nil)
  }

  /// Sends many requests at once on the calling thread; the results are in the order of the
  /// requests.
  package func sendAll(
    _ requests: [Request],
    cancelOn: Int32? = nil
  ) -> [Result<Response, HTTPError>] {
    do throws(HTTPError) {
      return try all(requests, cancelOn: cancelOn, consumer: nil)
    } catch {
      return requests.map { _ in .failure(error) }
    }
  }

  /// Sends one request and hands on the body of a successful answer as it comes, until the answer
  /// ends, `onBytes` returns false, a deadline passes or the caller gives up.
  ///
  /// The response that is returned has a body only if its status is no success; `onBytes` has then
  /// seen nothing. The response limit applies to that body alone.
  package func stream(
    _ request: Request,
    cancelOn: Int32? = nil,
    onBytes: ([UInt8]) -> Bool
  ) throws(HTTPError) -> Response {
    let outcome = withoutActuallyEscaping(onBytes) { onBytes in
      Result { () throws(HTTPError) in
        try one(request, cancelOn: cancelOn, consumer: onBytes)
      }
    }
    return try outcome.get()
  }

  private func one(
    _ request: Request,
    cancelOn: Int32?,
    consumer: Exchange.Consumer?
  ) throws(HTTPError) -> Response {
    guard let result = try all([request], cancelOn: cancelOn, consumer: consumer).first else {
      throw .invalidRequest("it was never started")
    }
    return try result.get()
  }

  private func all(
    _ requests: [Request],
    cancelOn: Int32?,
    consumer: Exchange.Consumer?
  ) throws(HTTPError) -> [Result<Response, HTTPError>] {
    let multi = try takeHandle()
    defer { resting.withLock { $0.append(multi) } }
    var conversation = Conversation(
      requests,
      on: multi,
      options: options,
      cancelOn: cancelOn,
      consumer: consumer
    )
    return conversation.run()
  }

  private func takeHandle() throws(HTTPError) -> MultiHandle {
    if let rested = resting.withLock({ $0.popLast() }) { return rested }
    return try MultiHandle()
  }
}
