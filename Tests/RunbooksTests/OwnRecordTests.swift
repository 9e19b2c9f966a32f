import Foundation
import Journals
import Language
import Objects
import Runbooks
import Sinks
import Testing
import Values

/// What changes only opsh's own record, as an incident does.
@Suite struct OwnRecordTests {
  private func plan(_ trace: Trace, fails: Failure? = nil) -> Plan {
    var target = Plan.Target(environment: nil, kind: "incident", identity: "slow")
    target.isOwnRecord = true
    return Plan(
      target: target,
      member: "incidents.open",
      effect: .change,
      effectClass: .keyed,
      summary: "open incident 'slow'",
      body: .effect { context throws(Failure) in
        trace.add("perform \(context.key)")
        if let fails { throw fails }
        return .nothing
      }
    )
  }

  @Test(arguments: [true, false])
  func `it asks nothing, with a terminal or without, and takes no lock`(_ terminal: Bool) throws {
    let world = try RunHarness(terminal: terminal)
    // Somebody else holds the lock of what is protected most.
    let holder = EnvironmentLock.Holder(
      who: "tom",
      run: "r",
      step: nil,
      since: Time(microseconds: 0)
    )
    let lock = try EnvironmentLock.acquire("production", in: world.folder + "/locks", as: holder)
    try world.perform(plan(world.trace))
    #expect(world.person.asked.isEmpty)
    #expect(
      world.trace.all == [
        "write intent", "sync", "perform 20261123-0301-test/Roll back/0", "write outcome", "sync",
        "said done  open incident 'slow'",
      ]
    )
    if case .lock(let lock) = lock { lock.release() }
    // The same wish for something that is operated does ask.
    #expect(world.failure { try world.perform(world.plan(), at: "Roll back/1") }?.exitCode == 4)
  }

  @Test func `what is known only when the first record is made is in it`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "opsh-\(UUID().uuidString)")
      .path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var header = Recorder.Header(
      texts: [],
      version: "1.0",
      operator: "ann",
      host: "laptop",
      reason: nil,
      parameters: []
    )
    header.late = { [.init("incident", "inc-1")] }
    let store = RunStore(path: path)
    let recorder = Recorder(runID: "r", store: store, header: header, registry: SecretRegistry())
    try recorder.require(.note, [])
    #expect(try store.read(id: "r").records[0]["incident"] == "inc-1")
  }

  @Test func `a secret is masked before a result is cut to its digest`() throws {
    var digests: [JSON?] = []
    for secret in ["tok_0123456789", "tok_9876543210"] {
      let world = try RunHarness()
      world.registry.add(Secret(name: "T", text: secret))
      let text = String(repeating: "a ", count: 4000) + secret
      try world.run.didBind("x", .text(text), at: world.site().place)
      let kept = try world.reading.records.last?["value"]
      #expect(kept?["bytes"]?.intValue ?? 0 > 4096)
      digests.append(kept?["sha256"])
    }
    #expect(digests[0] == digests[1])
  }
}
