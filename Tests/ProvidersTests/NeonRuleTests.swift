import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers
@testable import Sandbox

@Suite(.needsServer, .timeLimit(.minutes(6)), .serialized) struct NeonRuleTests {
  @Test func `what Neon would refuse is refused before anything is sent`() async throws {
    let neon = try await NeonHarness()
    let context = CallContext.test()
    try await blocking {
      let main = try neon.database()
      let wrap = Wrapped().wrap
      let target = NeonHarness.target
      func branching(_ name: String, _ moment: Time?) -> Failure? {
        failure { () throws(Failure) in
          try main.branch(
            target,
            name: name,
            with: moment.map { .moment($0) } ?? .current,
            in: context,
            wrap: wrap
          )
        }
      }
      func rewinding(_ point: RewindPoint, keep: String? = nil) -> Failure? {
        failure { () throws(Failure) in
          try main.rewind(target, to: point, keep: keep, in: context)
        }
      }
      let now = Time.now().microseconds
      let early = Time(microseconds: now - 8 * 86_400_000_000)
      let late = Time(microseconds: now + 3_600_000_000)
      #expect(branching("staging", nil)?.message.contains("already") == true)
      #expect(branching("x", early)?.message.contains("reaches back 7d") == true)
      #expect(branching("x", late)?.message.contains("future") == true)
      #expect(branching("", nil)?.kind == .value)
      #expect(rewinding(.moment(early))?.kind == .refused)
      #expect(rewinding(.branch("none"))?.message.contains("no branch 'none'") == true)
      #expect(rewinding(.branch("main"))?.kind == .refused)
      #expect(rewinding(.moment(neon.damagedAt), keep: "staging")?.kind == .refused)
      for name in ["main", "none"] {
        let refused = failure { () throws(Failure) in
          try main.deleteBranch(target, named: name, in: context)
        }
        #expect(refused?.kind == (name == "main" ? .refused : .nothingToDo))
      }
      let unknown = try neon.database(branch: "nowhere")
      let lost = failure { () throws(Failure) in try unknown.identity(in: context) }
      #expect(lost?.message.contains("'nowhere'") == true)
      #expect(lost?.advice.first?.contains("main") == true)
      // Staging has no compute, and is no root.
      let staging = try neon.database(branch: "staging")
      let bare = failure { () throws(Failure) in try staging.identity(in: context) }
      #expect(bare?.advice.contains { $0.contains("neonctl branches add-compute") } == true)
      let child = failure { () throws(Failure) in
        try staging.rewind(target, to: .moment(neon.damagedAt), keep: nil, in: context)
      }
      #expect(child?.message.contains("root branches") == true)
      #expect(neon.changes.isEmpty)
    }
    await neon.end()
  }

  @Test func `locked is tried again, a failed restore changes nothing, a lost answer is unknown`()
    async throws
  {
    let neon = try await NeonHarness()
    let context = CallContext.test()
    let moment = Time(microseconds: neon.damagedAt.microseconds - 1_000_000)
    neon.refuse("/branches", with: 423)
    try await blocking {
      let main = try neon.database()
      let plan = try main.branch(
        NeonHarness.target,
        name: "copy",
        with: .moment(moment),
        in: context,
        wrap: Wrapped().wrap
      )
      _ = try plan.perform()
      #expect(neon.changes.map(\.method) == ["POST", "POST"])
      let rows = try main.count("orders")

      neon.service.failNextRestore()
      let rewind = try main.rewind(
        NeonHarness.target,
        to: .moment(moment),
        keep: "kept",
        in: context
      )
      let failed = try #require(failure { () throws(Failure) in try rewind.perform() })
      #expect(failed.kind == .failed)
      #expect(failed.message.contains("failed"))
      #expect(try rewind.ask() == .notDone)
      #expect(try main.count("orders") == rows)
    }
    // The server acts and cuts the connection: the request is not sent again.
    try await neon.server.set(.lostAnswer, on: true)
    let plan = try await blocking {
      let main = try neon.database()
      let plan = try main.rewind(
        NeonHarness.target,
        to: .moment(moment),
        keep: "kept",
        in: context
      )
      let sent = neon.changes.count
      let lost = try #require(failure { () throws(Failure) in try plan.perform() })
      #expect(lost.kind == .unknown)
      #expect(neon.changes.count == sent + 1)
      return plan
    }
    try await neon.server.set(.lostAnswer, on: false)
    try await blocking {
      #expect(try plan.ask() == .done)
      let main = try neon.database()
      let gone = try main.deleteBranch(
        Plan.Target(environment: "production", kind: "branch", identity: "copy"),
        named: "copy",
        in: context
      )
      #expect(gone.effect == .destroy)
      #expect(try gone.ask() == .notDone)
      _ = try gone.perform()
      #expect(try gone.ask() == .done)
      try check(neon.requests)
    }
    await neon.end()
  }
}

/// What `contracts/neon.json` allows: method, path below the project, query names, body members.
private let contract: [(method: String, path: String, query: Set<String>, body: Set<String>)] = [
  ("GET", "", [], []),
  ("GET", "/branches", ["search", "sort_by", "cursor", "sort_order", "limit"], []),
  (
    "POST", "/branches", [],
    [
      "branch", "branch.parent_id", "branch.name", "branch.parent_timestamp", "endpoints",
      "endpoints.type",
    ]
  ),
  ("DELETE", "/branches/*", ["hard_delete"], []),
  (
    "POST", "/branches/*/restore", [],
    ["source_branch_id", "source_timestamp", "source_lsn", "preserve_under_name"]
  ),
  ("GET", "/branches/*/databases", [], []),
  ("GET", "/operations", ["cursor", "limit"], []),
  ("GET", "/operations/*", [], []),
  (
    "GET", "/connection_uri",
    ["branch_id", "endpoint_id", "database_name", "role_name", "pooled"], []
  ),
]

/// Holds every request that was sent against the contract.
private func check(_ requests: [NeonHarness.Sent]) throws {
  #expect(requests.contains { $0.path.hasSuffix("/restore") })
  for request in requests {
    let parts = request.path.split(separator: "/").map(String.init)
    let start = try #require(parts.firstIndex(of: NeonHarness.project))
    let rest = parts[(start + 1)...]
    let row = contract.first { row in
      let wanted = row.path.split(separator: "/")
      return row.method == request.method && wanted.count == rest.count
        && zip(wanted, rest).allSatisfy { $0 == "*" || $0 == $1 }
    }
    let found = try #require(row, "\(request.method) \(request.path)")
    #expect(found.query.isSuperset(of: request.query.map(\.0)), "\(request.path)")
    guard !request.body.isEmpty else { continue }
    let names = members(of: try JSON.parse(request.body), below: "")
    #expect(found.body.isSuperset(of: names), "\(request.path) \(names)")
  }
}

private func members(of json: JSON, below place: String) -> [String] {
  if let elements = json.arrayValue { return elements.flatMap { members(of: $0, below: place) } }
  return (json.objectValue ?? []).flatMap { member in
    let name = place.isEmpty ? member.name : "\(place).\(member.name)"
    return [name] + members(of: member.value, below: name)
  }
}
