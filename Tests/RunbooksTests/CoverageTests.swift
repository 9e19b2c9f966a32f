import Language
import Objects
import Runbooks
import Testing
import Values

@Suite struct CoverageTests {
  @Test func `a yes is used up by the change it was given for`() throws {
    let world = try RunHarness()
    var coverage = Coverage()
    coverage.add([.change(world.plan("a"), world.site("s/0"))], includesDestroys: false)
    let isOther = coverage.take(world.plan("b"), at: world.site("s/0"))
    let isElsewhere = coverage.take(world.plan("a"), at: world.site("s/1"))
    let isFirst = coverage.take(world.plan("a"), at: world.site("s/0"))
    let isSecond = coverage.take(world.plan("a"), at: world.site("s/0"))
    #expect([isOther, isElsewhere, isFirst, isSecond] == [false, false, true, false])
  }

  @Test func `what stands in a loop over the unknown is covered in every turn`() throws {
    let world = try RunHarness()
    var coverage = Coverage()
    let body = WalkItem.pendingChange(
      text: "do x.cancel()",
      effect: .change,
      world.site("s/for:nothing/0")
    )
    coverage.add([.branch(heading: "for each x in copies", [body])], includesDestroys: false)
    for turn in 0..<3 {
      let isCovered = coverage.take(world.plan("p\(turn)"), at: world.site("s/for:\(turn)/0"))
      #expect(isCovered)
    }
    let destroys = coverage.take(world.plan(effect: .destroy), at: world.site("s/for:4/0"))
    #expect(!destroys)
  }

  @Test func `behind a change of the same, a yes does not depend on what was seen before`() throws {
    let world = try RunHarness()
    let site = world.site("s/1")
    let shown = world.plan("dpl_2", seen: "dpl_9").behindChange()
    for (plan, isExpected) in [
      (world.plan("dpl_2", seen: "dpl_1"), true), (world.plan("dpl_3", seen: "dpl_1"), false),
    ] {
      var coverage = Coverage()
      coverage.add([.change(shown, site)], includesDestroys: true)
      let isCovered = coverage.take(plan, at: site)
      #expect(isCovered == isExpected)
    }
  }

  @Test func `a retry may do again what was shown once`() throws {
    let world = try RunHarness()
    var coverage = Coverage()
    coverage.add([.change(world.plan("a"), world.site("s/retry:1/0"))], includesDestroys: false)
    for turn in 1..<4 {
      let isCovered = coverage.take(world.plan("a"), at: world.site("s/retry:\(turn)/0"))
      #expect(isCovered)
    }
  }

  @Test func `a pending argument is filled in by anything, the rest must be as shown`() throws {
    let world = try RunHarness()
    func promote(_ value: Value, _ effect: Effect = .change) -> Plan {
      Plan(
        target: .init(environment: "production", kind: "environment", identity: "production"),
        member: "environment.promote",
        arguments: [("deployment", value)],
        effect: effect,
        effectClass: .opaque,
        summary: "promote",
        body: .effect { _ throws(Failure) in .nothing }
      )
    }
    let pending = promote(.pending(Pending(place: "copy, line 3", type: .any)))
    for (plan, isExpected) in [
      (promote(.text("dpl_4")), true), (promote(.text("dpl_4"), .destroy), false),
    ] {
      var coverage = Coverage()
      coverage.add([.change(pending, world.site())], includesDestroys: true)
      let isCovered = coverage.take(plan, at: world.site())
      #expect(isCovered == isExpected)
    }
  }
}
