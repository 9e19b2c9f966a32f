import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers
@testable import Sandbox

@Suite(.needsServer, .timeLimit(.minutes(6)), .serialized) struct NeonDatabaseTests {
  @Test func `a branch at a time, compare, rewind and back again`() async throws {
    let neon = try await NeonHarness()
    let context = CallContext.test()
    let moment = Time(microseconds: neon.damagedAt.microseconds - 1_000_000)
    try await blocking {
      let main = try neon.database()
      let identity = try main.identity(in: context)
      let ids = neon.service.productionIdentity
      #expect(
        identity.fingerprint
          == "neon/\(ids.project)/\(ids.branch)/\(ids.endpoint ?? "")/optiq_prod"
      )
      #expect(neon.declaredTexts.contains(neon.service.productionURI))
      #expect(try main.historyWindow(in: context) == .days(7))
      #expect(try Set(main.branches(in: context).map(\.name)) == ["main", "staging"])

      let wrapped = Wrapped()
      let plan = try main.branch(
        NeonHarness.target,
        name: "recovery",
        with: .moment(moment),
        in: context,
        wrap: wrapped.wrap
      )
      #expect(neon.changes.isEmpty)
      #expect(
        plan.calls[0].byHand
          == "neonctl branches create --name recovery --parent \(moment.text)"
          + " --project-id small-sky-12345678"
      )
      #expect(try plan.ask() == .notDone)
      _ = try plan.perform()
      #expect(try plan.ask() == .done)
      let copy = try #require(wrapped.service)
      #expect(try copy.identity(in: context).fingerprint != identity.fingerprint)
      let differences = try copy.compare(with: main, in: context)
      #expect(differences.first?["same"] == .bool(false))
      #expect(differences.contains { $0["same"] == .bool(true) })

      let before = try main.count("orders")
      try self.rewind(main, neon, to: moment, rows: try copy.count("orders"))
      let kept = "before-rewind-" + moment.text.filter { $0 != "-" && $0 != ":" }
      let back = try main.rewind(
        NeonHarness.target,
        to: .branch(kept),
        keep: "after",
        in: context
      )
      #expect(back.measure?.token == "rewind \(kept)")
      _ = try back.perform()
      #expect(try main.count("orders") == before)
    }
    await neon.end()
  }

  private func rewind(
    _ main: any DatabaseService,
    _ neon: NeonHarness,
    to moment: Time,
    rows: Int64
  ) throws {
    let context = CallContext.test()
    _ = try main.stopWrites(NeonHarness.target, in: context).perform()
    #expect(try main.writesAreStopped(in: context))
    let sent = neon.changes.count
    let plan = try main.rewind(NeonHarness.target, to: .moment(moment), keep: nil, in: context)
    #expect(neon.changes.count == sent)
    #expect(plan.effect == .destroy)
    #expect(plan.measure?.token == "rewind " + (moment.text.split(separator: "T")[1].prefix(8)))
    #expect(
      plan.calls[0].byHand.hasPrefix("neonctl branches restore main ^self@\(moment.text)")
    )
    #expect(try plan.ask() == .notDone)
    let seen = plan.precondition?.seen
    #expect(try plan.precondition?.look(context) == seen)
    let bookkeeping = try #require(main.bookkeeping)
    let fence = Fence(environment: "production", epoch: 9)
    #expect(
      try bookkeeping.raiseFence(fence, endingSessionsOf: nil, in: context) == .raised(9)
    )
    _ = try plan.perform(fence: fence)
    #expect(try plan.ask() == .done)
    #expect(try plan.precondition?.look(context) != seen)
    #expect(try main.count("orders") == rows)
    // The fence went back with the data and was raised again: whoever asks for less gets the next.
    let lower = Fence(environment: "production", epoch: 2)
    #expect(
      try bookkeeping.raiseFence(lower, endingSessionsOf: nil, in: context) == .raised(10)
    )
    // The setting was made after that moment, so it is gone; allowing again does no harm.
    #expect(try !main.writesAreStopped(in: context))
    _ = try main.allowWrites(NeonHarness.target, in: context).perform()
    #expect(try !main.writesAreStopped(in: context))
  }
}
