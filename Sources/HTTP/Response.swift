/// What a server answered.
package struct Response: Sendable {
  package let status: Int
  package let headers: Headers
  package let body: [UInt8]
  package let timings: Timings
  /// The peer's own certificate; nil without TLS, or on a connection that was kept from before.
  package let certificate: Certificate?
  /// The address that was asked; redirections are answers like others and are never followed.
  package let url: URL
  /// The peer's IP address.
  package let peer: String?

  package init(
    status: Int,
    headers: Headers = Headers(),
    body: [UInt8] = [],
    timings: Timings = Timings(),
    certificate: Certificate? = nil,
    url: URL,
    peer: String? = nil
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.timings = timings
    self.certificate = certificate
    self.url = url
    self.peer = peer
  }

  package var isSuccess: Bool { (200..<300).contains(status) }

  /// The body as text; what is not UTF-8 in it becomes U+FFFD.
  package var text: String { String(decoding: body, as: UTF8.self) }
}

/// How long each part of an exchange took, counted from the call.
package struct Timings: Hashable, Sendable {
  /// Until the name was resolved.
  package var resolved: Duration
  /// Until the connection was made; zero if one was kept from before.
  package var connected: Duration
  /// Until TLS was agreed; zero without TLS.
  package var secured: Duration
  /// Until the first byte of the answer.
  package var firstByte: Duration
  /// Until the last byte of the answer.
  package var total: Duration

  package init(
    resolved: Duration = .zero,
    connected: Duration = .zero,
    secured: Duration = .zero,
    firstByte: Duration = .zero,
    total: Duration = .zero
  ) {
    self.resolved = resolved
    self.connected = connected
    self.secured = secured
    self.firstByte = firstByte
    self.total = total
  }
}
