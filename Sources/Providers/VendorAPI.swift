package import HTTP
package import Objects
package import Stack
package import Values

/// One vendor's JSON API: where it is, how it lets us in, how it says no.
package struct VendorAPI: Sendable {
  /// For people, such as `Vercel`.
  package let vendor: String
  package private(set) var base: URL
  package let client: Client
  package let token: Secret
  package let policy: RetryPolicy
  /// What waiting between tries depends on.
  package var pauses = Pauses.real
  /// Finds the vendor's own words in an error body.
  package let reason: @Sendable (JSON) -> String?

  /// An answer that was no error.
  package struct Answer: Sendable {
    package let status: Int
    package let headers: Headers
    package let json: JSON
  }

  package init(
    vendor: String,
    base: URL,
    client: Client,
    token: Secret,
    policy: RetryPolicy,
    reason: @escaping @Sendable (JSON) -> String?
  ) {
    self.vendor = vendor
    self.base = base
    self.client = client
    self.token = token
    self.policy = policy
    self.reason = reason
  }

  /// The same vendor at another of its hosts.
  package func moved(to base: URL) -> Self {
    var moved = self
    moved.base = base
    return moved
  }

  /// Reads: may be sent again, as the vendor's rules allow.
  package func get(
    _ path: [String],
    query: [(String, String?)] = [],
    trailingSlash: Bool = false,
    in context: CallContext
  ) throws(Failure) -> Answer {
    let url = try url(path, query, trailingSlash: trailingSlash)
    return try answer(to: request(.get, url, body: nil, context), context)
  }

  /// Changes: sent once, unless an answer proves that nothing was done.
  ///
  /// - Throws: `unknown` where the answer was lost, or is one that proves nothing (5xx).
  package func change(
    _ method: Method,
    _ path: [String],
    query: [(String, String?)] = [],
    body: Body? = nil,
    in context: CallContext
  ) throws(Failure) -> Answer {
    let url = try url(path, query, trailingSlash: false)
    return try answer(to: request(method, url, body: body, context), context)
  }

  package func url(
    _ path: [String],
    _ query: [(String, String?)],
    trailingSlash: Bool = false
  ) throws(Failure) -> URL {
    do throws(HTTPError) {
      var url = try base.appending(contentsOf: path)
      if trailingSlash { url = url.withTrailingSlash() }
      for (name, value) in query { url = url.query(name, value) }
      return url
    } catch {
      throw Failure(.value, "\(vendor): \(error.message)")
    }
  }

  package func request(
    _ method: Method,
    _ url: URL,
    body: Body?,
    _ context: CallContext
  ) -> Request {
    var headers = [
      Header("Authorization", token.withExposedText { .secret("Bearer \($0)") }),
      Header("Accept", "application/json"),
    ]
    if body != nil { headers.append(Header("Content-Type", "application/json")) }
    let deadline = Duration.microseconds(context.deadline.microseconds)
    return Request(
      method,
      url,
      headers: headers,
      body: body,
      deadline: deadline,
      connectDeadline: min(deadline, .seconds(10))
    )
  }

  private func answer(to request: Request, _ context: CallContext) throws(Failure) -> Answer {
    let response: Response
    var tries = Tries()
    do throws(HTTPError) {
      let word = request.method.isSafe ? "asking" : "telling"
      let handle = context.progress.begin("\(word) \(vendor)", limit: context.deadline)
      defer { handle.end() }
      response = try client.send(
        request,
        policy: policy,
        cancelOn: context.cancellation.descriptor,
        pauses: pauses
      ) { retry in
        tries.add(waiting: retry.wait)
        context.heard?(vendor, Self.words(of: retry.outcome))
      }
    } catch {
      throw tries.told(by: failure(error, of: request, context))
    }
    guard response.isSuccess else { throw tries.told(by: failure(response, of: request)) }
    return Answer(
      status: response.status,
      headers: response.headers,
      json: try json(response, of: request)
    )
  }

  private static func words(of outcome: RetryPolicy.Trial.Outcome) -> String {
    switch outcome {
    case .answered(let status, _): "it answered \(status)"
    case .failed(let error): error.what
    }
  }

  /// An empty body is null: several of Vercel's changes answer with none.
  private func json(_ response: Response, of request: Request) throws(Failure) -> JSON {
    guard !response.body.isEmpty else { return .null }
    do throws(JSONError) {
      return try JSON.parse(response.body)
    } catch {
      let message = "\(vendor) answered \(describe(request)) with something that is not JSON"
      guard request.method.isSafe else { throw unknown(message, request) }
      throw Failure(
        .unreachable,
        message,
        advice: ["is \(request.url.authority) really \(vendor)?"]
      )
    }
  }

  // MARK: - What a failure means

  package func describe(_ request: Request) -> String {
    "\(request.method.rawValue) \(request.url.origin)\(request.url.target)"
  }

  package func failure(_ error: HTTPError, of request: Request, _ context: CallContext) -> Failure {
    let isChange = !request.method.isSafe
    if error.isCancellation, !(isChange && error.mayHaveBeenProcessed) {
      do throws(Failure) {
        try context.cancellation.check()
      } catch {
        return error
      }
      return Failure(.interrupted, "interrupted while waiting for \(vendor)")
    }
    let message = "\(vendor): \(isChange ? error.message : error.what)"
    if isChange, error.mayHaveBeenProcessed { return unknown(message, request) }
    return Failure(.unreachable, message, advice: ["tried \(describe(request))"])
  }

  private func unknown(_ message: String, _ request: Request) -> Failure {
    Failure(
      .unknown,
      message,
      advice: ["\(describe(request)) may or may not have had its effect"]
    )
  }

  package func failure(_ response: Response, of request: Request) -> Failure {
    let words = (try? JSON.parse(response.body)).flatMap(reason)
    let said = words.map { ": \($0)" } ?? ""
    let message = "\(vendor) answered \(response.status)\(said)"
    let tried = "tried \(describe(request))"
    switch response.status {
    case 401:
      return Failure(
        .unreachable,
        message,
        advice: [tried, "the secret \(token.name) is wrong, expired or revoked"]
      )
    case 403:
      return Failure(
        .unreachable,
        message,
        advice: [tried, "the secret \(token.name) may not do this, or the team is wrong"]
      )
    case 408, 429: return Failure(.unreachable, message, advice: [tried])
    case 500...599 where request.method.isSafe:
      return Failure(.unreachable, message, advice: [tried])
    case 500...599 where response.status != 503:
      return unknown(message, request)
    case 503: return Failure(.unreachable, message, advice: [tried])
    default: return Failure(.refused, message, advice: [tried])
    }
  }

  // MARK: - What a plan shows

  /// The call as a plan names it, with the same request as `curl` for doing it by hand.
  package func call(
    _ method: Method,
    _ path: [String],
    query: [(String, String?)] = [],
    body: JSON? = nil,
    byHand command: String? = nil
  ) throws(Failure) -> Plan.Call {
    let url = try url(path, query)
    var line = "curl -X \(method.rawValue) -H \"Authorization: Bearer $\(token.name)\""
    if let body {
      line += " -H 'Content-Type: application/json' -d \(ByHand.quoted(body.text))"
    }
    line += " " + ByHand.quoted(url.description)
    let text = "\(method.rawValue) \(url.description)" + (body.map { " \($0.text)" } ?? "")
    return Plan.Call(text, byHand: command ?? line)
  }
}

/// Text for a POSIX shell that a person pastes it into; opsh itself never starts one.
package enum ByHand {
  /// One word, whatever is in it; control characters, which no screen shows raw, as in `$'a\nb'`.
  package static func quoted(_ text: String) -> String {
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      return "$'" + text.unicodeScalars.map(escaped).joined() + "'"
    }
    return "'"
      + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\t": return "\\t"
    case "\r": return "\\r"
    case "'", "\\": return "\\" + String(scalar)
    default: break
    }
    guard scalar.properties.generalCategory == .control else { return String(scalar) }
    // Three octal digits a byte: no digit that follows is taken for a part of it.
    return String(scalar).utf8.map { byte in
      let digits = String(byte, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }.joined()
  }
}

extension VendorUse {
  /// The vendor's address: `url:` where one is given, and where a secret may go there.
  ///
  /// A secret is bound to its vendor's hosts; another address is taken on loopback, or where the
  /// user's settings allow it.
  package func base(_ usual: String) throws(Failure) -> URL {
    let text = text("url") ?? usual
    let url: URL
    do throws(HTTPError) {
      url = try URL(parsing: text)
    } catch {
      throw Failure(.usage, "\(vendor.name): \(error.message)")
    }
    guard self.text("url") != nil, !allows(url) else { return url }
    throw Failure(
      .untrusted,
      "\(vendor.name) shall be reached at \(url.authority), but its secrets are bound to \(vendor.host)",
      advice: ["only loopback, or what the user's settings allow, may stand in for \(vendor.host)"]
    )
  }

  /// Reads the secret that an argument names.
  package func secret(_ name: String, in context: ConnectContext) throws(Failure) -> Secret {
    guard let reference = references[name] else {
      throw Failure(.usage, "\(vendor.name) needs '\(name): secret(…)'")
    }
    return try context.secret(reference)
  }

  package func needText(_ name: String) throws(Failure) -> String {
    guard let text = text(name) else {
      throw Failure(.usage, "\(vendor.name) needs '\(name):'")
    }
    return text
  }
}
