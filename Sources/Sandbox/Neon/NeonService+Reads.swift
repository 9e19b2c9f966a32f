import Synchronization
import Values

extension NeonService {
  func projects(_ request: SandboxRequest) throws(NeonError) -> Answer {
    let known = state.withLock { project($0, isListed: true) }
    let names = [configuration.projectID, configuration.projectName]
    let isWanted = request.parameter("search").map { text in names.contains { $0.contains(text) } }
    let isOurs = request.parameter("org_id").map { $0 == configuration.organizationID }
    let all = (isWanted ?? true) && (isOurs ?? true) ? [known] : []
    let page = try request.page(of: all, limit: 10, maximum: 400)
    let cursor = JSON.string(page.items.isEmpty ? "" : configuration.projectID)
    return (200, ["projects": .array(page.items), "pagination": ["cursor": cursor]])
  }

  func branches(_ request: SandboxRequest) throws(NeonError) -> Answer {
    let search = request.parameter("search") ?? ""
    let all = state.withLock { $0.branches }.filter {
      search.isEmpty || $0.name.contains(search) || $0.id.contains(search)
    }
    let page = try request.page(of: all, limit: 100, maximum: 10_000)
    var pagination: [JSON.Member] = [
      .init("sort_by", "updated_at"), .init("sort_order", "DESC"),
    ]
    if let next = page.next { pagination.append(.init("next", .string(next))) }
    return (
      200,
      [
        "branches": .array(page.items.map { json(of: $0) }), "annotations": [:],
        "pagination": .object(pagination),
      ]
    )
  }

  func operations(_ request: SandboxRequest) throws(NeonError) -> Answer {
    let all = Array(state.withLock { $0.operations }.reversed())
    let page = try request.page(of: all, limit: 1000, maximum: 1000)
    var body: [JSON.Member] = [.init("operations", .array(page.items.map { json(of: $0) }))]
    if let next = page.next { body.append(.init("pagination", ["cursor": .string(next)])) }
    return (200, .object(body))
  }

  func connectionURI(_ request: SandboxRequest) throws(NeonError) -> Answer {
    guard let database = request.parameter("database_name"),
      let role = request.parameter("role_name")
    else { throw .badRequest("database_name and role_name are required") }
    guard database == configuration.databaseName else { throw .notFound("database") }
    guard role == configuration.roleName else { throw .notFound("role") }
    let found = try state.withLock { state throws(NeonError) in
      if let id = request.parameter("endpoint_id") { return try state.endpoint(id) }
      let branch =
        if let id = request.parameter("branch_id") {
          try state.branch(id).id
        } else {
          state.branches.first { $0.isDefault }?.id
        }
      guard let endpoint = branch.flatMap({ state.endpoint(ofBranch: $0) }) else {
        throw NeonError.notFound("endpoint")
      }
      return endpoint
    }
    return (200, ["uri": .string(address(of: found).uri)])
  }

  func changeProject(_ request: SandboxRequest) throws(NeonError) -> Answer {
    guard let changes = try request.object()["project"] else {
      throw .badRequest("project is required")
    }
    let seconds = changes["history_retention_seconds"]
    return try state.withLock { state throws(NeonError) in
      guard !state.isBusy else { throw .locked }
      if let seconds {
        guard let number = seconds.intValue, (0...2_592_000).contains(number) else {
          throw .badRequest("history_retention_seconds must be between 0 and 2592000")
        }
        state.historyRetentionSeconds = number
        state.updatedAt = .now()
      }
      return (200, ["project": project(state, isListed: false), "operations": []])
    }
  }

  func changeBranch(_ request: SandboxRequest, _ id: String) throws(NeonError) -> Answer {
    guard let changes = try request.object()["branch"] else {
      throw .badRequest("branch is required")
    }
    return try state.withLock { state throws(NeonError) in
      _ = try state.branch(id)
      guard !state.isBusy else { throw .locked }
      if let name = changes["name"]?.stringValue {
        try checkName(name, in: state)
        state.change(branch: id) { $0.name = name }
      }
      if let isProtected = changes["protected"]?.boolValue {
        state.change(branch: id) { $0.isProtected = isProtected }
      }
      if let expiry = changes["expires_at"] {
        let time = expiry.stringValue.flatMap { Time($0) }
        guard expiry.isNull || time != nil else {
          throw .badRequest("expires_at is not a date and time")
        }
        state.change(branch: id) { $0.expiresAt = time }
      }
      return (200, ["branch": json(of: try state.branch(id)), "operations": []])
    }
  }

  func setDefault(_ id: String) throws(NeonError) -> Answer {
    try state.withLock { state throws(NeonError) in
      _ = try state.branch(id)
      guard !state.isBusy else { throw .locked }
      for branch in state.branches where branch.isDefault != (branch.id == id) {
        state.change(branch: branch.id) { $0.isDefault = branch.id == id }
      }
      return (200, ["branch": json(of: try state.branch(id)), "operations": []])
    }
  }

  func checkName(_ name: String, in state: NeonState) throws(NeonError) {
    guard !name.isEmpty, name.utf8.count <= 256 else {
      throw .badRequest("branch name must have 1 to 256 characters")
    }
    guard !state.branches.contains(where: { $0.name == name }) else {
      throw NeonError(
        409,
        "branch with the provided name already exists",
        code: "BRANCH_ALREADY_EXISTS"
      )
    }
  }
}
