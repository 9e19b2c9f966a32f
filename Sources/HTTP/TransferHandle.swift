private import CLibCurl

/// Owns one transfer of libcurl: the request that goes out and what has come back.
@safe final class TransferHandle {
  /// Tells transfers apart.
  struct ID: Hashable {
    private let address: Int

    init(_ transfer: OpaquePointer) {
      address = Int(bitPattern: transfer)
    }
  }

  /// The largest head of an answer that is taken, in bytes.
  static let headLimit = 128 << 10

  let raw: OpaquePointer

  init(_ request: Request, options: Client.Options, bodyLimit: Int) throws(HTTPError) {
    guard let raw = unsafe clibcurl_transfer_create() else {
      throw .libraryUnavailable("libcurl gives no handle: out of memory")
    }
    unsafe self.raw = unsafe raw
    try unsafe Self.check(clibcurl_transfer_set_base(raw, options.userAgent))
    try unsafe Self.check(clibcurl_transfer_set_url(raw, request.url.description))
    try set(options)
    try set(request)
    unsafe clibcurl_transfer_set_limits(raw, Self.headLimit, bodyLimit)
  }

  deinit { unsafe clibcurl_transfer_destroy(raw) }

  var id: ID { unsafe ID(raw) }

  private func set(_ options: Client.Options) throws(HTTPError) {
    if let proxy = options.proxy {
      try unsafe Self.check(clibcurl_transfer_set_proxy(raw, proxy))
    }
    if let path = options.certificateAuthorities {
      try unsafe Self.check(clibcurl_transfer_set_authorities(raw, path))
    }
    if let handshake = options.onlyHandshake {
      let takesAnyPeer = handshake == .withAnybody
      try unsafe Self.check(clibcurl_transfer_set_handshake_only(raw, takesAnyPeer))
    }
  }

  private func set(_ request: Request) throws(HTTPError) {
    let body = request.body?.bytes ?? []
    let count = request.body == nil ? -1 : Int64(body.count)
    let method = request.method.rawValue
    try unsafe Self.check(clibcurl_transfer_set_method(raw, method, body, count))
    try add(request.headers)
    let connectDeadline = max(1, Int64(request.connectDeadline / .milliseconds(1)))
    try unsafe Self.check(clibcurl_transfer_set_connect_timeout(raw, connectDeadline))
    if !request.isSafeToRepeat {
      try unsafe Self.check(clibcurl_transfer_set_fresh_connection(raw))
    }
  }

  private func add(_ headers: [Header]) throws(HTTPError) {
    // libcurl would wait a second for the server's consent to a larger body, and would call every
    // body a form.
    var lines = ["Expect:"]
    if !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      lines.append("Content-Type:")
    }
    for header in headers {
      // A semicolon is libcurl's way to write a header without a value.
      let value = header.value.text
      lines.append(value.isEmpty ? "\(header.name);" : "\(header.name): \(value)")
    }
    for line in lines {
      try unsafe Self.check(clibcurl_transfer_add_header(raw, line))
    }
  }

  private static func check(_ option: UnsafePointer<CChar>?) throws(HTTPError) {
    guard let option = unsafe option else { return }
    throw .libraryUnavailable("libcurl does not take \(unsafe String(cString: option))")
  }

  /// Has libcurl look at the descriptor a last time before the request leaves.
  func cancel(on descriptor: Int32?) {
    unsafe clibcurl_transfer_set_cancel_descriptor(raw, descriptor ?? -1)
  }
}

extension TransferHandle {
  /// Whether the request may have left.
  var hasSent: Bool { unsafe clibcurl_transfer_has_sent(raw) }

  /// Grows with everything that moves in either direction.
  var progress: Int64 { unsafe clibcurl_transfer_progress(raw) }

  var status: Int { Int(unsafe clibcurl_transfer_status(raw)) }

  var hasAllHeaders: Bool { unsafe clibcurl_transfer_has_all_headers(raw) }

  var headers: Headers {
    var count = 0
    let bytes = unsafe clibcurl_transfer_headers(raw, &count)
    return Headers(parsing: unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
  }

  /// The bytes of body that have come since the last take.
  func takeBody() -> [UInt8] {
    var count = 0
    let bytes = unsafe clibcurl_transfer_body(raw, &count)
    let taken = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    unsafe clibcurl_transfer_discard_body(raw)
    return taken
  }

  /// How many bytes of body have come since the last take.
  var bodyCount: Int {
    var count = 0
    _ = unsafe clibcurl_transfer_body(raw, &count)
    return count
  }

  /// What libcurl says about the failure.
  var errorText: String { unsafe String(cString: clibcurl_transfer_error_text(raw)) }

  var peer: String? {
    guard let address = unsafe clibcurl_transfer_address(raw) else { return nil }
    let text = unsafe String(cString: address)
    return text.isEmpty ? nil : text
  }

  var timings: Timings {
    let times = unsafe clibcurl_transfer_timings(raw)
    return Timings(
      resolved: .microseconds(times.resolved),
      connected: .microseconds(times.connected),
      secured: .microseconds(times.secured),
      firstByte: .microseconds(times.first_byte),
      total: .microseconds(times.total)
    )
  }

  var certificate: Certificate? {
    var lines: [String] = []
    while let line = unsafe clibcurl_transfer_certificate_line(raw, Int32(lines.count)) {
      lines.append(unsafe String(cString: line))
    }
    return Certificate(lines: lines)
  }
}
