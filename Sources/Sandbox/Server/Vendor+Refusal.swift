import Values

extension Vendor {
  /// What this vendor answers when it does not let anybody in.
  func refusal(_ status: Int) -> SandboxResponse {
    let (code, message) =
      switch status {
      case 401: ("unauthorized", "You are not authorized to perform this request")
      case 403: ("forbidden", "You do not have permission to access this resource")
      default: ("rate_limited", "Too many requests. Try again later")
      }
    let headers = status == 429 ? [("Retry-After", "1")] : []
    let body: JSON =
      switch self {
      case .vercel, .app: ["error": ["code": .string(code), "message": .string(message)]]
      case .neon: ["code": .string(code), "message": .string(message)]
      case .sentry: ["detail": .string(message)]
      }
    return .json(body, status: status, headers: headers)
  }

  /// Whether a request changes something: what the fault `lost-answer` is about.
  func isChange(_ request: SandboxRequest) -> Bool {
    switch request.method {
    case "GET": self == .app && request.path.hasPrefix("/api/cron/")
    case "HEAD", "OPTIONS": false
    default: true
    }
  }
}

extension SandboxResponse {
  /// Bytes that no reader of JSON or HTML can make sense of, among them some that no text has.
  static let garbage = SandboxResponse(
    status: 200,
    headers: [("Content-Type", "application/json")],
    body: [0xFF, 0x00, 0x1B] + Array("[31m{\"deployments\": <<<<".utf8) + [0xC3, 0x28, 0x0A]
  )
}
