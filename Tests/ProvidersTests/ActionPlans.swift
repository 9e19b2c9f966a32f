import Objects
import Stack
import Testing
import Values

/// Every action that a provider has, as plans that can be performed in this order.
enum ActionPlans {
  static func all(of connected: Connected) async throws -> [Plan] {
    let production = try connected.production
    let optiq = connected.optiq
    let job = Job(
      name: "sync",
      path: "/api/cron/daily-sync",
      schedule: try #require(CronSchedule("0 */4 * * *")),
      takes: nil,
      priority: nil
    )
    return try await onOwnThread {
      let hosting = try production.needHosting()
      let context = CallContext.loopback()
      let target = production.target
      let wrap: WrapDeployment = { .text($0.id) }
      let good = try hosting.deployment(optiq.lastGood, in: context)
      let change = VariableChange(
        name: "LOG_LEVEL",
        value: Secret(name: "LEVEL", text: "hunter22"),
        tier: "production",
        isSensitive: false
      )
      var plans = [
        try hosting.setVariable(target, change, in: context),
        try hosting.runCron(target, job: job, in: context),
        try hosting.setCrons(target, enabled: false, jobs: [], in: context),
        try hosting.pause(target, in: context),
        try hosting.promote(target, good, in: context, wrap: wrap),
        // Performed after the promote, the vendor answers that it is current already.
        try hosting.rollback(target, to: good, in: context, wrap: wrap),
        try hosting.redeploy(target, good, in: context, wrap: wrap),
      ]
      // A build that is under way is needed only for its plan: the vendor forgets nothing of it.
      let building = try hosting.redeploy(target, good, in: context, wrap: { .text($0.id) })
        .act(key: "run-0/1")
      if case .text(let id) = building {
        plans.insert(
          try hosting.cancel(target, try hosting.deployment(id, in: context), in: context),
          at: 0
        )
      }
      return plans
    }
  }
}

extension OneAtATime {
  @Suite(.timeLimit(.minutes(6))) struct EffectClassTests {
    @Test func `those that nothing can tell of are exactly the ones a person is asked about`()
      async throws
    {
      let connected = try await Connected.to("bad-deploy", seed: 52)
      let plans = try await ActionPlans.all(of: connected)
      var table = "action                     class       probe\n"
      for plan in plans {
        let columns = [
          plan.member.padded(26), plan.effectClass.rawValue.padded(11),
          plan.probe == nil ? "none" : "yes",
        ]
        table += columns.joined(separator: " ") + "\n"
      }
      print(table)
      let opaque = plans.filter { $0.probe == nil }
      #expect(opaque.map(\.member) == ["job.run"])
      #expect(opaque.allSatisfy { $0.effectClass == .opaque })
      #expect(plans.filter { $0.effectClass == .opaque }.map(\.member) == ["job.run"])
      #expect(plans.allSatisfy { !$0.calls.isEmpty && $0.calls.allSatisfy { !$0.byHand.isEmpty } })
      #expect(Set(plans.map(\.member)).count == plans.count)
      await connected.optiq.stop()
    }
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
