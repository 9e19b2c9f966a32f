import Objects
import Stack
import Testing
import Values

extension OneAtATime {
  @Suite(.timeLimit(.minutes(6))) struct VercelSwitchTests {
    private let wrap: WrapDeployment = { .text($0.id) }

    /// A world of its own, and the plan to go back to its good deployment.
    private func rollback(_ scenario: String = "bad-deploy", seed: UInt64 = 1) async throws -> (
      connected: Connected, plan: Plan
    ) {
      let connected = try await Connected.to(scenario, seed: seed)
      let production = try connected.production
      let good = connected.optiq.lastGood
      let plan = try await onOwnThread { [wrap] in
        let hosting = try production.needHosting()
        let deployment = try hosting.deployment(good, in: .loopback())
        return try hosting.rollback(production.target, to: deployment, in: .loopback(), wrap: wrap)
      }
      return (connected, plan)
    }

    @Test func `a rollback is one request, and ends when production is served`() async throws {
      let (connected, plan) = try await rollback()
      let optiq = connected.optiq
      #expect(try optiq.changes().isEmpty)
      #expect(plan.effectClass == .observable && plan.effect == .change)
      #expect(
        plan.calls.map(\.text) == [
          "POST \(optiq.url("vercel"))/v1/projects/optiq/rollback/\(optiq.lastGood)?slug=optiq"
        ]
      )
      #expect(plan.calls.first?.byHand == "vercel rollback \(optiq.lastGood) --scope optiq")
      let before = optiq.live
      #expect(plan.precondition?.summary == "\(before) is live")
      #expect(plan.undo == "promote \(before)")
      #expect(try await onOwnThread { try plan.look() } == .notDone)
      let result = try await onOwnThread { try plan.act() }
      #expect(result == .record(Record(["deployment": .text(optiq.lastGood)])))
      #expect(optiq.live == optiq.lastGood)
      #expect(try await onOwnThread { try plan.look() } == .done)
      #expect(
        try optiq.changes().map { "\($0.method) \($0.path)" } == [
          "POST /v1/projects/optiq/rollback/\(optiq.lastGood)"
        ]
      )
      let seen = try await onOwnThread { try plan.precondition?.look(.loopback()) }
      #expect(seen != plan.precondition?.seen)
      let hosting = try connected.hosting
      #expect(
        try await onOwnThread { try hosting.rolledBackFrom(in: .loopback()) }.contains(before)
      )
      await optiq.stop()
    }

    @Test func `a lost answer is unknown, and the probe finds out that it was done`() async throws {
      let (connected, plan) = try await rollback(seed: 2)
      try await connected.optiq.set("lost-answer", of: "vercel")
      let lost = await failure { try plan.act() }
      #expect(lost?.kind == .unknown)
      #expect(lost?.exitCode == 7)
      #expect(lost?.advice.first?.contains("/rollback/") == true)
      #expect(try connected.optiq.changes().count == 1)
      try await connected.optiq.set("lost-answer", of: "vercel", on: false)
      #expect(try await onOwnThread { try plan.look() } == .done)
      #expect(try connected.optiq.changes().count == 1)
      #expect(connected.optiq.live == connected.optiq.lastGood)
      await connected.optiq.stop()
    }

    @Test func `one that the vendor fails is failed, and known not to be done`() async throws {
      let (connected, plan) = try await rollback(seed: 3)
      try await connected.optiq.set("failing-rollback", of: "vercel")
      let failed = await failure { try plan.act() }
      #expect(failed?.kind == .failed)
      #expect(
        failed?.message == "Vercel says that the switch to \(connected.optiq.lastGood) failed"
      )
      #expect(try await onOwnThread { try plan.look() } == .notDone)
      #expect(try connected.optiq.changes().count == 1)
      await connected.optiq.stop()
    }

    @Test func `what is current already is done, and what goes on elsewhere is refused`()
      async throws
    {
      let (connected, plan) = try await rollback(seed: 4)
      let production = try connected.production
      let good = connected.optiq.lastGood
      let other = try await onOwnThread { [wrap] in
        let hosting = try production.needHosting()
        let deployment = try hosting.deployment(good, in: .loopback())
        return try hosting.rollback(production.target, to: deployment, in: .loopback(), wrap: wrap)
      }
      try await onOwnThread { try plan.act() }
      // Its 409 says that it is current: somebody was quicker.
      try await onOwnThread { try other.act() }
      #expect(try connected.optiq.changes().count == 2)
      let again = await failure { [wrap] in
        let hosting = try production.needHosting()
        let deployment = try hosting.deployment(good, in: .loopback())
        return try hosting.rollback(production.target, to: deployment, in: .loopback(), wrap: wrap)
      }
      #expect(again?.kind == .nothingToDo)
      #expect(again?.message == "\(good) serves production already")
      await connected.optiq.stop()
    }

    @Test func `what can not be gone back to is refused before anything is sent`() async throws {
      let connected = try await Connected.to("quiet", seed: 7)
      let production = try connected.production
      let preview = try #require(
        connected.optiq.allIDs.first { !connected.optiq.productionIDs.contains($0) }
      )
      for action in ["rollback", "promote"] {
        let refused = await failure { [wrap] in
          let hosting = try production.needHosting()
          let deployment = try hosting.deployment(preview, in: .loopback())
          return action == "rollback"
            ? try hosting.rollback(production.target, to: deployment, in: .loopback(), wrap: wrap)
            : try hosting.promote(production.target, deployment, in: .loopback(), wrap: wrap)
        }
        #expect(refused?.kind == .refused)
      }
      #expect(try connected.optiq.changes().isEmpty)
      await connected.optiq.stop()
    }

    @Test func `a promote puts the newer one back`() async throws {
      let (connected, plan) = try await rollback(seed: 8)
      let bad = connected.optiq.live
      try await onOwnThread { try plan.act() }
      let production = try connected.production
      let promote = try await onOwnThread { [wrap] in
        let hosting = try production.needHosting()
        let deployment = try hosting.deployment(bad, in: .loopback())
        return try hosting.promote(production.target, deployment, in: .loopback(), wrap: wrap)
      }
      #expect(try await onOwnThread { try promote.act() } == .text(bad))
      #expect(connected.optiq.live == bad)
      #expect(
        try connected.optiq.changes().last?.path == "/v10/projects/optiq/promote/\(bad)"
      )
      await connected.optiq.stop()
    }

    @Test func `giving up while it is under way leaves it unknown`() async throws {
      let (connected, plan) = try await rollback(seed: 9)
      let cancellation = Cancellation()
      let failure = await failure {
        guard case .effect(let body) = plan.body else { return Value.nothing }
        return try body(
          PerformContext(
            call: .loopback(cancellation),
            key: "k",
            report: { _ in cancellation.cancel() }
          )
        )
      }
      #expect(failure?.kind == .unknown)
      #expect(failure?.message.contains("was under way") == true)
      #expect(try await onOwnThread { try plan.look() } == .done)
      await connected.optiq.stop()
    }
  }
}
