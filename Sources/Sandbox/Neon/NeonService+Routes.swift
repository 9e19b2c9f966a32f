import Synchronization
import Values

extension NeonService {
  typealias Answer = (status: Int, body: JSON?)

  /// Which function answers a request.
  func route(_ request: SandboxRequest) throws(NeonError) -> Answer {
    try authorize(request)
    var path = request.path.split(separator: "/").map(String.init)
    if path.starts(with: ["api", "v2"]) { path.removeFirst(2) }
    guard path.first == "projects" else { throw .nothingHere }
    if path.count == 1, request.method == "GET" { return try projects(request) }
    guard path.count > 1, path[1] == configuration.projectID else { throw .notFound("project") }
    let rest = Array(path.dropFirst(2))
    switch rest.first {
    case nil: return try routeProject(request)
    case "operations": return try routeOperations(request, rest)
    case "branches": return try routeBranches(request, rest)
    case "endpoints": return try routeEndpoints(request, rest)
    case "connection_uri" where rest.count == 1 && request.method == "GET":
      return try connectionURI(request)
    default: throw .nothingHere
    }
  }

  private func authorize(_ request: SandboxRequest) throws(NeonError) {
    let given = request.headers.first { $0.0.lowercased() == "authorization" }?.1
    guard given == "Bearer " + configuration.apiKey else { throw .unauthorized }
  }

  private func routeProject(_ request: SandboxRequest) throws(NeonError) -> Answer {
    switch request.method {
    case "GET": return (200, ["project": state.withLock { project($0, isListed: false) }])
    case "PATCH": return try changeProject(request)
    default: throw .nothingHere
    }
  }

  private func routeOperations(
    _ request: SandboxRequest,
    _ path: [String]
  ) throws(NeonError) -> Answer {
    guard request.method == "GET" else { throw .nothingHere }
    switch path.count {
    case 1: return try operations(request)
    case 2:
      guard let found = state.withLock({ $0.operations.first { $0.id == path[1] } }) else {
        throw .notFound("operation")
      }
      return (200, ["operation": json(of: found)])
    default: throw .nothingHere
    }
  }

  private func routeBranches(
    _ request: SandboxRequest,
    _ path: [String]
  ) throws(NeonError) -> Answer {
    switch (request.method, path.count, path.count > 2 ? path[2] : "") {
    case ("GET", 1, _): return try branches(request)
    case ("POST", 1, _): return try createBranch(request)
    case ("GET", 2, _) where path[1] == "count":
      return (200, ["count": .int(Int64(state.withLock { $0.branches.count }))])
    case ("GET", 2, _): return (200, ["branch": json(of: try branch(path[1]))])
    case ("PATCH", 2, _): return try changeBranch(request, path[1])
    case ("DELETE", 2, _): return try deleteBranch(path[1])
    case ("POST", 3, "restore"): return try restoreBranch(request, path[1])
    case ("POST", 3, "set_as_default"): return try setDefault(path[1])
    case ("GET", 3, "endpoints"):
      let id = try branch(path[1]).id
      let found = state.withLock { $0.endpoints.filter { $0.branchID == id } }
      return (200, ["endpoints": .array(found.map { json(of: $0) })])
    case ("GET", 3, "roles"): return (200, ["roles": [role(of: try branch(path[1]))]])
    case ("GET", 3, "databases"): return (200, ["databases": [database(of: try branch(path[1]))]])
    default: throw .nothingHere
    }
  }

  private func routeEndpoints(
    _ request: SandboxRequest,
    _ path: [String]
  ) throws(NeonError) -> Answer {
    switch (request.method, path.count, path.count > 2 ? path[2] : "") {
    case ("GET", 1, _):
      let found = state.withLock { $0.endpoints }
      return (200, ["endpoints": .array(found.map { json(of: $0) })])
    case ("POST", 1, _): return try createEndpoint(request)
    case ("GET", 2, _): return (200, ["endpoint": json(of: try endpoint(path[1]))])
    case ("DELETE", 2, _): return try deleteEndpoint(path[1])
    case ("POST", 3, "start"): return try startEndpoint(path[1])
    case ("POST", 3, "suspend"): return try suspendEndpoint(path[1])
    case ("POST", 3, "restart"): return try restartEndpoint(path[1])
    default: throw .nothingHere
    }
  }

  func branch(_ id: String) throws(NeonError) -> NeonBranch {
    try state.withLock { state throws(NeonError) in try state.branch(id) }
  }

  func endpoint(_ id: String) throws(NeonError) -> NeonEndpoint {
    try state.withLock { state throws(NeonError) in try state.endpoint(id) }
  }
}

extension SandboxRequest {
  /// The body as an object.
  func object() throws(NeonError) -> JSON {
    guard let json = try? JSON.parse(body), json.objectValue != nil else {
      throw .badRequest("request body is not a JSON object")
    }
    return json
  }

  func parameter(_ name: String) -> String? {
    query.last { $0.0 == name }?.1
  }

  /// A page of `all` by `limit` and `cursor`, and the cursor of the next one.
  func page<Item>(
    of all: [Item],
    limit standard: Int,
    maximum: Int
  ) throws(NeonError) -> (items: [Item], next: String?) {
    let limit = try parameter("limit").map { text throws(NeonError) in
      guard let number = Int(text), (1...maximum).contains(number) else {
        throw .badRequest("limit must be between 1 and \(maximum)")
      }
      return number
    }
    var begin = 0
    if let cursor = parameter("cursor") {
      guard let number = Int(cursor, radix: 36), number >= 0 else {
        throw .badRequest("cursor is not valid")
      }
      begin = number
    }
    let items = all.dropFirst(begin).prefix(limit ?? standard)
    let end = begin + items.count
    return (Array(items), end < all.count ? String(end, radix: 36) : nil)
  }
}
