/// One documented call of a vendor: a method, a path with named gaps, and what answers it.
struct Route<Service: Sendable>: Sendable {
  typealias Respond = @Sendable (Service, RoutedRequest) async -> SandboxAnswer

  private let method: String
  private let pattern: [Substring]
  private let respond: Respond

  /// - Parameter path: as vendors write it, such as `/v9/projects/{project}`.
  init(_ method: String, _ path: String, _ respond: @escaping Respond) {
    self.method = method
    pattern = path.split(separator: "/")
    self.respond = respond
  }

  /// The same, for a call that is answered whole.
  init(
    _ method: String,
    _ path: String,
    whole respond: @escaping @Sendable (Service, RoutedRequest) async -> SandboxResponse
  ) {
    self.init(method, path) { .whole(await respond($0, $1)) }
  }

  /// The answer, or nothing when the request is not this call.
  func answer(_ request: SandboxRequest, by service: Service) async -> SandboxAnswer? {
    guard request.method == method, request.segments.count == pattern.count else { return nil }
    var gaps: [String: String] = [:]
    for (part, segment) in zip(pattern, request.segments) {
      if part.hasPrefix("{") {
        gaps[String(part.dropFirst().dropLast())] = segment
      } else if part != segment {
        return nil
      }
    }
    return await respond(service, RoutedRequest(request: request, gaps: gaps))
  }
}

/// A request together with what stands in its path's gaps.
@dynamicMemberLookup
struct RoutedRequest: Sendable {
  let request: SandboxRequest
  private let gaps: [String: String]

  init(request: SandboxRequest, gaps: [String: String]) {
    self.request = request
    self.gaps = gaps
  }

  func gap(_ name: String) -> String { gaps[name] ?? "" }

  func value(_ name: String) -> String? { request.value(name) }

  func values(_ name: String) -> [String] { request.values(name) }

  func integer(_ name: String) -> Int64? { request.integer(name) }

  subscript<Value>(dynamicMember member: KeyPath<SandboxRequest, Value>) -> Value {
    request[keyPath: member]
  }
}

extension Array {
  /// What the first call that fits answers, or nothing when none does.
  func answer<Service>(
    _ request: SandboxRequest,
    by service: Service
  ) async -> SandboxAnswer? where Element == Route<Service> {
    for route in self {
      if let answer = await route.answer(request, by: service) { return answer }
    }
    return nil
  }
}
