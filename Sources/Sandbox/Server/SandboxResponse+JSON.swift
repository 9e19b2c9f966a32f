import Values

extension SandboxResponse {
  static func json(
    _ value: JSON,
    status: Int = 200,
    headers: [(String, String)] = []
  ) -> SandboxResponse {
    SandboxResponse(
      status: status,
      headers: [("Content-Type", "application/json; charset=utf-8")] + headers,
      body: value.bytes(isCanonical: false)
    )
  }

  static func empty(_ status: Int) -> SandboxResponse {
    SandboxResponse(status: status, headers: [], body: [])
  }

  static func text(_ text: String, status: Int, type: String = "text/plain") -> SandboxResponse {
    SandboxResponse(
      status: status,
      headers: [("Content-Type", "\(type); charset=utf-8")],
      body: Array(text.utf8)
    )
  }
}

extension SandboxRequest {
  /// The body as JSON, or nothing when it is not.
  var json: JSON? { try? JSON.parse(body) }
}

extension JSON {
  init(_ text: String?) {
    self = text.map(JSON.string) ?? .null
  }

  init(_ number: Int64?) {
    self = number.map(JSON.int) ?? .null
  }

  /// This object with `members` after its own.
  func adding(_ members: [Member]) -> JSON {
    .object((objectValue ?? []) + members)
  }
}
