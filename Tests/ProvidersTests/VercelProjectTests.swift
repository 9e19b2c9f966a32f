import Objects
import Stack
import Testing
import Values

extension OneAtATime {
  @Suite(.timeLimit(.minutes(6))) struct VercelProjectTests {
    @Test func `pause and resume are one switch, looked at before and after`() async throws {
      let connected = try await Connected.to("quiet", seed: 1)
      let production = try connected.production
      let hosting = try connected.hosting
      let pause = try await onOwnThread { try hosting.pause(production.target, in: .loopback()) }
      let nothing = await failure { try hosting.resume(production.target, in: .loopback()) }
      #expect(nothing?.kind == .nothingToDo)
      #expect(try await onOwnThread { try pause.look() } == .notDone)
      try await onOwnThread { try pause.act() }
      #expect(try await onOwnThread { try pause.look() } == .done)
      let status = try await onOwnThread {
        StatusReport.gather([production], patience: .seconds(60), in: .loopback()).environments
          .first
      }
      #expect(status?.word == "paused")
      #expect(status?.health?.status == "down")
      #expect(status?.next == ["do production.resume()"])
      let resume = try await onOwnThread { try hosting.resume(production.target, in: .loopback()) }
      try await onOwnThread { try resume.act() }
      #expect(try await onOwnThread { try resume.look() } == .done)
      #expect(try connected.optiq.changes().count == 2)
      await connected.optiq.stop()
    }

    @Test func `the jobs have one switch, and one can be run`() async throws {
      let connected = try await Connected.to("quiet", seed: 2)
      let production = try connected.production
      let hosting = try connected.hosting
      let off = try await onOwnThread {
        try hosting.setCrons(production.target, enabled: false, jobs: ["a", "b"], in: .loopback())
      }
      // It is planned while they are on, for when they will be off.
      let early = try await onOwnThread {
        try hosting.setCrons(production.target, enabled: true, jobs: ["a"], in: .loopback())
      }
      #expect(early.summary == "turn all jobs of optiq on")
      #expect(early.precondition?.summary == "jobs are on")
      #expect(early.precondition?.subject == off.precondition?.subject)
      #expect(off.member == "jobs.pause")
      #expect(off.consequences == ["Vercel has one switch for all: a, b"])
      try await onOwnThread { try off.act() }
      #expect(try await onOwnThread { try off.look() } == .done)
      #expect(try await onOwnThread { try hosting.project(in: .loopback()) }.cronsEnabled == false)
      let again = await failure {
        try hosting.setCrons(production.target, enabled: false, jobs: [], in: .loopback())
      }
      #expect(again?.kind == .nothingToDo)
      let on = try await onOwnThread {
        try hosting.setCrons(production.target, enabled: true, jobs: [], in: .loopback())
      }
      #expect(on.consequences.first?.contains("/api/cron/daily-sync") == true)
      try await onOwnThread { try on.act() }
      #expect(try await onOwnThread { try on.look() } == .done)
      let job = Job(
        name: "sync",
        path: "/api/cron/daily-sync",
        schedule: try #require(CronSchedule("0 */4 * * *")),
        takes: nil,
        priority: nil
      )
      let run = try await onOwnThread {
        try hosting.runCron(production.target, job: job, in: .loopback())
      }
      #expect(run.effectClass == .opaque)
      #expect(run.probe == nil)
      try await onOwnThread { try run.act() }
      #expect(connected.optiq.jobsRun == ["/api/cron/daily-sync"])
      await connected.optiq.stop()
    }

    private func setVariable(_ name: String, on connected: Connected) async throws -> Plan {
      let production = try connected.production
      return try await onOwnThread {
        try production.needHosting().setVariable(
          production.target,
          VariableChange(
            name: name,
            value: Secret(name: "NEW_KEY", text: "hunter22-\"quoted\"\n"),
            tier: "production",
            isSensitive: true
          ),
          in: .loopback()
        )
      }
    }

    @Test func `a variable is set without its value showing anywhere but in the request`()
      async throws
    {
      let connected = try await Connected.to("quiet", seed: 3)
      let plan = try await setVariable("LOG_LEVEL", on: connected)
      #expect(plan.summary == "replace LOG_LEVEL for production")
      var shown = plan.summary + plan.consequences.joined()
      for call in plan.calls { shown += call.text + call.byHand }
      shown += plan.arguments.map(\.value.text).joined()
      dump(plan.calls, to: &shown)
      #expect(!shown.contains("hunter22"))
      #expect(shown.contains("‹NEW_KEY›"))
      #expect(try await onOwnThread { try plan.look() } == .notDone)
      try await onOwnThread { try plan.act() }
      #expect(try await onOwnThread { try plan.look() } == .done)
      let sent = try #require(try connected.optiq.changes().last)
      let body = try JSON.parse(sent.body)
      #expect(body["value"]?.stringValue == "hunter22-\"quoted\"\n")
      #expect(body["type"] == "sensitive")
      #expect(body["target"] == ["production"])
      #expect(sent.target.contains("upsert=true"))
      let added = try await setVariable("BRAND_NEW", on: connected)
      #expect(added.summary == "add BRAND_NEW for production")
      #expect(added.precondition?.summary == "BRAND_NEW is not set")
      await connected.optiq.stop()
    }

    @Test func `no error tells a variable's value either`() async throws {
      let connected = try await Connected.to("quiet", seed: 4)
      let plan = try await setVariable("LOG_LEVEL", on: connected)
      for fault in ["401", "403", "garbage", "lost-answer", "down"] {
        try await connected.optiq.set(fault, of: "vercel")
        let failure = await failure { try plan.act() }
        #expect(failure != nil)
        #expect(!"\(String(describing: failure))".contains("hunter22"), "\(fault)")
        try await connected.optiq.set(fault, of: "vercel", on: false)
      }
      await connected.optiq.stop()
    }

    @Test func `a variable that the vendor can not set is refused in its words`() async throws {
      let connected = try await Connected.to("quiet", seed: 5)
      let plan = try await setVariable("1 BAD KEY", on: connected)
      let failure = await failure { try plan.act() }
      #expect(failure?.kind == .refused)
      #expect(failure?.message.hasPrefix("Vercel did not set 1 BAD KEY: ") == true)
      #expect(failure?.message.contains("hunter22") == false)
      #expect(try await onOwnThread { try plan.look() } == .notDone)
      await connected.optiq.stop()
    }

    @Test func `a redeploy is found by its key, and a build can be stopped`() async throws {
      let connected = try await Connected.to("quiet", seed: 6)
      let production = try connected.production
      let hosting = try connected.hosting
      let live = connected.optiq.live
      let plan = try await onOwnThread {
        try hosting.redeploy(
          production.target,
          try hosting.deployment(live, in: .loopback()),
          in: .loopback(),
          wrap: { .text($0.id) }
        )
      }
      #expect(plan.effectClass == .keyed)
      #expect(try await onOwnThread { try plan.look(key: "run-1/2") } == .notDone)
      try await connected.optiq.set("lost-answer", of: "vercel")
      let lost = await failure { try plan.act(key: "run-1/2") }
      #expect(lost?.kind == .unknown)
      try await connected.optiq.set("lost-answer", of: "vercel", on: false)
      #expect(try await onOwnThread { try plan.look(key: "run-1/2") } == .done)
      #expect(try await onOwnThread { try plan.look(key: "run-1/3") } == .notDone)
      let made = try await onOwnThread { try plan.act(key: "run-1/3") }
      guard case .text(let id) = made else { return }
      let cancel = try await onOwnThread {
        try hosting.cancel(
          production.target,
          try hosting.deployment(id, in: .loopback()),
          in: .loopback()
        )
      }
      try await onOwnThread { try cancel.act() }
      #expect(try await onOwnThread { try cancel.look() } == .done)
      let state = try await onOwnThread { try hosting.deployment(id, in: .loopback()).state }
      #expect(state == .canceled)
      let over = await failure {
        try hosting.cancel(
          production.target,
          try hosting.deployment(live, in: .loopback()),
          in: .loopback()
        )
      }
      #expect(over?.kind == .nothingToDo)
      await connected.optiq.stop()
    }
  }
}
