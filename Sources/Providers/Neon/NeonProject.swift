internal import HTTP
internal import Objects
internal import Values

/// One project of Neon: its branches and what happens to them.
struct NeonProject: Sendable {
  let api: VendorAPI
  let id: String
  /// Makes every sink mask a secret that Neon answered.
  let declare: @Sendable (Secret) -> Void

  func path(_ rest: String...) -> [String] { ["projects", id] + rest }

  // MARK: - Reads

  func historyWindow(in context: CallContext) throws(Failure) -> TimeSpan {
    let json = try api.get(path(), in: context).json
    guard let seconds = json["project"]?["history_retention_seconds"]?.intValue else {
      throw Failure(.unreachable, "Neon did not say how long project \(id) keeps its history")
    }
    return .seconds(seconds)
  }

  /// All branches, page by page.
  func branches(in context: CallContext) throws(Failure) -> [NeonBranch] {
    var found: [NeonBranch] = []
    var cursor: String?
    while true {
      let json = try api.get(
        path("branches"),
        query: [("limit", "1000"), ("cursor", cursor)],
        in: context
      ).json
      guard let page = json["branches"]?.arrayValue else {
        throw Failure(.unreachable, "Neon's list of branches has no 'branches'")
      }
      found += page.compactMap(NeonBranch.init)
      let next = json["pagination"]?["next"]?.stringValue
      // A page that leads to itself would be asked for without end.
      guard let next, !next.isEmpty, next != cursor, !page.isEmpty else { return found }
      cursor = next
    }
  }

  /// The branch with a name, or else with an id; nothing if there is none.
  func find(_ nameOrID: String, in context: CallContext) throws(Failure) -> NeonBranch? {
    let all = try branches(in: context)
    return all.first { $0.name == nameOrID } ?? all.first { $0.id == nameOrID }
  }

  func branch(_ nameOrID: String, in context: CallContext) throws(Failure) -> NeonBranch {
    let all = try branches(in: context)
    if let found = all.first(where: { $0.name == nameOrID })
      ?? all.first(where: { $0.id == nameOrID })
    {
      return found
    }
    let names = all.map(\.name).sorted().prefix(8).joined(separator: ", ")
    throw Failure(
      .refused,
      "project \(id) at Neon has no branch '\(nameOrID)'",
      advice: ["it has: \(names)"]
    )
  }

  // MARK: - Operations

  /// Waits until everything that a change set going is over.
  func finish(_ answer: JSON, of what: String, in context: PerformContext) throws(Failure) {
    let ids = (answer["operations"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
    let end = Time.monotonicMicroseconds() + Self.patience.microseconds
    for id in ids {
      do throws(Failure) {
        while try !isOver(id, of: what, in: context) {
          guard Time.monotonicMicroseconds() < end else {
            throw Failure(.unreachable, "it did not end within \(Self.patience.roundedText)")
          }
          try context.call.cancellation.wait(Self.pause)
        }
      } catch  where error.kind != .failed {
        throw Failure(
          .unknown,
          "\(what) was begun at Neon, but \(error.message)",
          advice: ["it goes on there; look at branches before you do it again"]
        )
      }
    }
  }

  private func isOver(
    _ id: String,
    of what: String,
    in context: PerformContext
  ) throws(Failure) -> Bool {
    let json = try api.get(path("operations", id), in: context.call).json
    let operation = json["operation"]
    let action = operation?["action"]?.stringValue ?? "an operation"
    switch operation?["status"]?.stringValue {
    case "finished", "skipped": return true
    case "failed", "cancelled":
      let status = operation?["status"]?.stringValue ?? ""
      let reason = operation?["error"]?.stringValue.map { ": \($0)" } ?? ""
      throw Failure(
        .failed,
        "\(what): Neon says that \(action) was \(status)\(reason)",
        advice: ["look at branches for what is there now"]
      )
    case let status:
      context.report("\(what): \(action) is \(status ?? "under way")")
      return false
    }
  }

  /// Waits while the project works at something; false if that took too long.
  func waitUntilIdle(in context: CallContext) throws(Failure) -> Bool {
    let end = Time.monotonicMicroseconds() + Self.patience.microseconds
    while try isBusy(in: context) {
      guard Time.monotonicMicroseconds() < end else { return false }
      try context.cancellation.wait(Self.pause)
    }
    return true
  }

  private func isBusy(in context: CallContext) throws(Failure) -> Bool {
    let json = try api.get(path("operations"), query: [("limit", "50")], in: context).json
    let over = ["finished", "skipped", "failed", "cancelled"]
    return (json["operations"]?.arrayValue ?? []).contains { operation in
      !over.contains(operation["status"]?.stringValue ?? "finished")
    }
  }

  /// How long a change may take before its outcome is called unknown.
  private static let patience = TimeSpan.minutes(15)
  private static let pause = TimeSpan.milliseconds(500)
}

/// A branch as the API describes it.
struct NeonBranch: Sendable {
  let id: String
  let name: String
  let parent: String?
  let state: String
  let isDefault: Bool
  let created: Time?
  /// When it was last put to another state of its data; part of what a plan saw of it.
  let lastReset: String?
  /// Bytes.
  let size: Int64?

  init?(_ json: JSON) {
    guard let id = json["id"]?.stringValue, let name = json["name"]?.stringValue else {
      return nil
    }
    self.id = id
    self.name = name
    parent = json["parent_id"]?.stringValue
    state = json["current_state"]?.stringValue ?? "unknown"
    isDefault = json["default"]?.boolValue ?? json["primary"]?.boolValue ?? false
    created = json["created_at"]?.stringValue.flatMap { Time($0) }
    lastReset = json["last_reset_at"]?.stringValue
    size = json["logical_size"]?.intValue
  }
}
