/// What Optiq's commits say.
struct CommitStory {
  private var random: SplitMix64
  private let people: [Person]

  init(seed: UInt64, people: [Person]) {
    random = SplitMix64(seed: seed, topic: "commits")
    self.people = people
  }

  mutating func next(_ message: String? = nil) -> Commit {
    Commit(
      sha: random.text(40, from: .hexadecimal),
      author: random.one(of: people),
      message: message ?? ordinaryMessage()
    )
  }

  mutating func person() -> Person { random.one(of: people) }

  mutating func branch() -> String {
    random.one(of: ["feat", "fix", "chore", "perf"]) + "/"
      + random.one(of: Self.things).replacing(" ", with: "-")
      + "-" + String(random.number(in: 10...99))
  }

  private mutating func ordinaryMessage() -> String {
    let thing = random.one(of: Self.things)
    return switch random.number(in: 0...4) {
    case 0: "Add \(thing)"
    case 1: "Fix \(thing) (#\(random.number(in: 400...1900)))"
    case 2: "Make \(thing) faster"
    case 3: "Merge branch 'main' into \(thing.replacing(" ", with: "-"))"
    default: "Tidy \(thing)\n\nNo change in behaviour."
    }
  }

  private static let things = [
    "campaign filters", "ad account sync", "invoice export", "usage meter", "alert rules",
    "journey builder", "billing page", "onboarding", "report cache", "date picker",
    "team invitations", "audit log", "currency rounding", "login redirect", "dashboard tiles",
  ]

  /// Messages that try something: each must reach a terminal as harmless text or not at all.
  static let hostile = [
    "\u{1B}[2J\u{1B}[1;31mAll good\u{1B}[0m \u{1B}]0;owned\u{07}",
    "Revert \u{202E}txt.drocer\u{202C} to \u{2066}safe\u{2069}",
    "Squash: " + String(repeating: "wip on the report cache, ", count: 480) + "done",
    "Fix\rdeploy succeeded\u{08}\u{08} \u{9B}31m \u{200B}\u{FEFF}",
  ]
}
