import Objects
import Providers
import Stack
import Testing
import Values

/// What opsh finds out by what it can see, against what the world's story says.
extension OneAtATime {
  @Suite(.timeLimit(.minutes(6))) struct ScenarioTests {
    struct Case: Sendable, CustomTestStringConvertible {
      var scenario: String
      var seed: UInt64

      var testDescription: String { "\(scenario) \(seed)" }
    }

    static let cases: [Case] = [
      "bad-deploy", "bad-migration", "second-newest", "vendor-fault", "quiet",
    ]
    .flatMap { scenario in [1, 3, 8, 42].map { Case(scenario: scenario, seed: $0) } }

    @Test(arguments: cases) func `it tells who is to blame and where to go back to`(_ given: Case)
      async throws
    {
      let connected = try await Connected.to(given.scenario, seed: given.seed)
      let optiq = connected.optiq
      let production = try connected.production
      let found = try await onOwnThread {
        let context = CallContext.loopback()
        return (
          since: try production.troubleSince(in: context),
          culprit: try production.culprit(in: context)?.id,
          judged: try production.rollbackCandidates(in: context),
          report: StatusReport.gather([production], patience: .seconds(60), in: context)
        )
      }
      #expect(found.culprit == optiq.culprit)
      if let began = optiq.incidentBegan {
        let since = try #require(found.since)
        #expect((since.microseconds - began.microseconds).magnitude <= 75_000_000)
      } else {
        #expect(found.since == nil)
      }
      let verdicts = found.judged.map { "\($0.deployment.id) \($0.objection ?? "good")" }
      #expect(
        found.judged.last { $0.objection == nil }?.deployment.id == optiq.lastGood,
        "\(verdicts)"
      )
      let status = try #require(found.report.environments.first)
      #expect(status.missing.map(\.reason) == [])
      #expect(status.word == (given.scenario == "quiet" ? "ok" : "degraded"))
      #expect(status.live?.id == optiq.live)
      #expect(status.culprit?.id == optiq.culprit)
      switch given.scenario {
      case "quiet": #expect(status.next.isEmpty)
      case "vendor-fault": #expect(status.next.first?.hasPrefix("no deployment fits") == true)
      // Its stack has no folder with the rollback runbook.
      default: #expect(status.next.last?.hasPrefix("production.rollback(to: ") == true)
      }
      await optiq.stop()
    }
  }
}
