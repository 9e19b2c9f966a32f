import Testing
import Values

/// What a person reads of things that take their time.
@Suite struct ProgressTests {
  private func activity(_ change: (inout Progress.Activity) -> Void) -> String {
    var activity = Progress.Activity(label: "asking Neon", began: 1_000_000)
    change(&activity)
    return activity.text(at: 15_000_000)
  }

  @Test func `it says how far it is, for how long, and how long still`() {
    #expect(activity { _ in } == "asking Neon, 14s")
    #expect(activity { $0.limit = .seconds(30) } == "asking Neon, 14s of at most 30s")
    let counted = activity {
      $0.done = 120_000
      $0.unit = "rows"
    }
    #expect(counted == "asking Neon: 120000 rows, 14s")
    let measured = activity {
      $0.done = 20
      $0.total = 80
      $0.unit = "MB"
    }
    #expect(measured == "asking Neon: 25 % of 80 MB, 14s, about 42s left")
  }

  @Test func `the step stands before what was begun last`() throws {
    let progress = Progress()
    #expect(progress.text(at: 0) == nil)
    progress.step = "2/5 Roll back"
    #expect(progress.text(at: 0) == "2/5 Roll back")
    let outer = progress.begin("waiting")
    let inner = progress.begin("asking Vercel")
    inner.advance(to: 3)
    #expect(progress.text(at: 0)?.hasPrefix("2/5 Roll back · asking Vercel: 3") == true)
    inner.end()
    inner.end()
    #expect(progress.text(at: 0)?.hasPrefix("2/5 Roll back · waiting") == true)
    outer.end()
    progress.step = nil
    #expect(progress.text(at: 0) == nil)
  }

  @Test func `what fails is no longer under way`() {
    let progress = Progress()
    #expect(throws: Failure(.failed, "no")) {
      try progress.during("asking") { () throws(Failure) in
        #expect(progress.text(at: 0) != nil)
        throw Failure(.failed, "no")
      }
    }
    #expect(progress.text(at: 0) == nil)
  }

  @Test func `nothing is kept where nobody watches`() {
    let handle = Progress.unwatched.begin("asking")
    Progress.unwatched.step = "1/1 Look"
    handle.advance(to: 1)
    #expect(Progress.unwatched.text(at: 0) == nil)
  }
}
