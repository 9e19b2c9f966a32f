import Objects
import Runbooks
import Testing

@Suite struct GuardTests {
  static func facts(
    _ effect: Effect,
    protected: Bool,
    unlocked: Bool = false,
    covered: Bool = false,
    bound: Bool = false,
    terminal: Bool = true,
    token: String? = "delete 1284"
  ) -> Guard.Facts {
    Guard.Facts(
      effect: effect,
      isProtected: protected,
      isUnlocked: unlocked,
      isCovered: covered,
      isBoundToApproval: bound,
      hasTerminal: terminal,
      environment: "production",
      object: "dpl_1",
      token: token
    )
  }

  static let rows: [(Guard.Facts, Guard.Decision)] = [
    (facts(.read, protected: false), .pass), (facts(.read, protected: true), .pass),
    (facts(.read, protected: true, bound: true, terminal: false), .pass),
    (facts(.change, protected: false), .pass),
    (facts(.change, protected: false, terminal: false), .pass),
    (facts(.change, protected: true), .ask(.word("production"))),
    (facts(.change, protected: true, unlocked: true), .ask(.yes)),
    (facts(.change, protected: true, covered: true), .pass),
    (facts(.change, protected: true, terminal: false), .refuse(.noTerminal)),
    (facts(.change, protected: true, unlocked: true, terminal: false), .refuse(.noTerminal)),
    (facts(.destroy, protected: false), .ask(.word("dpl_1"))),
    (facts(.destroy, protected: false, covered: true), .ask(.word("dpl_1"))),
    (facts(.destroy, protected: false, terminal: false), .refuse(.noTerminal)),
    (facts(.destroy, protected: true), .ask(.word("delete 1284"))),
    (facts(.destroy, protected: true, unlocked: true), .ask(.word("delete 1284"))),
    (facts(.destroy, protected: true, covered: true), .ask(.word("delete 1284"))),
    (facts(.destroy, protected: true, terminal: false), .refuse(.noTerminal)),
    (facts(.destroy, protected: true, token: nil), .refuse(.unmeasured)),
    (facts(.change, protected: true, covered: true, bound: true, terminal: false), .pass),
    (facts(.destroy, protected: true, covered: true, bound: true, terminal: false), .pass),
    (facts(.change, protected: true, bound: true), .refuse(.notApproved)),
    (facts(.change, protected: false, bound: true), .refuse(.notApproved)),
    (facts(.destroy, protected: true, bound: true), .refuse(.notApproved)),
  ]

  @Test(arguments: rows.indices)
  func `each row of the table holds`(_ row: Int) {
    let (facts, expected) = Self.rows[row]
    #expect(Guard.decide(facts) == expected)
  }

  @Test(arguments: [nil, "", " ", "n", "no", "Y\n", "production ", "yes please", "\u{1B}[A"])
  func `nothing but a yes is a yes`(_ answer: String?) {
    #expect(!Guard.Confirmation.yes.isGiven(by: answer))
  }

  @Test func `a word has to be typed exactly`() {
    let word = Guard.Confirmation.word("production")
    #expect(word.isGiven(by: "production") && word.isGiven(by: " production "))
    for answer in [nil, "", "y", "yes", "Production", "productio", "production\nproduction"] {
      #expect(!word.isGiven(by: answer))
    }
    #expect(Guard.Confirmation.yes.isGiven(by: "y") && Guard.Confirmation.yes.isGiven(by: "yes"))
  }
}
