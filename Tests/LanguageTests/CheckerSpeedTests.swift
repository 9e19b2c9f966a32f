import Diagnostics
import Language
import LanguageTestSupport
import Syntax
import Testing
import Values

struct CheckerSpeedTests {
  private func check(steps count: Int) -> (Duration, [Diagnostic]) {
    var text = "runbook \"r\"\nparam env: environment\n"
    for step in 1...count {
      text += """
        step "number \(step)" when env.health.status is "ok" {
          let recent\(step) = env.deployments | where .state is "ready" and .age < 2h | first 5
          note "step ${recent\(step) | count}: ${env.live.id}"
          expect env.traffic(last: 5m).error_rate < 1% else "errors in ${env.name}"
          for d in recent\(step) {
            do d.redeploy()
          }
          env.logs(last: 15m) | group by .path with worst: max(.duration) | sort by .count desc
          retry 3 every 5s { expect env.paused is false }
        }

        """.replacing("${recent\(step) | count}", with: "${(recent\(step) | count)}")
    }
    let loaded = Program.load(SourceText(name: "r", text: text), mode: .file) {
      (_, _) throws(Failure) in throw Failure(.usage, "")
    }
    let clock = ContinuousClock()
    var found: [Diagnostic] = []
    let time = clock.measure {
      found = Checker.check(loaded.program, in: TestVocabulary.scope()).flatMap(\.diagnostics)
    }
    return (time, loaded.problems.flatMap(\.diagnostics) + found)
  }

  @Test func `a long runbook takes as many times longer as it is longer`() {
    let (short, few) = check(steps: 300)
    let (long, many) = check(steps: 3000)
    #expect(few.isEmpty && many.isEmpty)
    #expect(long < short * 40)
  }
}
