import Objects
import Stack
import Testing
import Values

@Suite struct StackReaderTests {
  private typealias Entry = StackTree.Entry
  private typealias Node = StackTree.Node

  private static func vendor(_ name: String, _ role: Vendor.Role) -> Vendor {
    Vendor(
      name: name,
      role: role,
      summary: "for tests",
      host: "api.\(name).example",
      parameters: [
        Parameter("project", .text, "its project"),
        Parameter("token", .secret, "its token"),
        Parameter("fast", .bool, "says whether", isRequired: false),
        Parameter("url", .text, "another address", isRequired: false),
      ]
    ) { (_, _) throws(Failure) in throw Failure(.usage, "nobody connects here") }
  }

  private static let vendors = [
    vendor("host", .hosting), vendor("track", .errors), vendor("base", .database),
    vendor("base", .control),
  ]

  private func read(_ entries: [StackTree.Entry]) -> (StackDefinition, [StackProblem]) {
    StackReader.read(
      StackTree(title: "optiq", entries: entries, path: "/s/stack.opsh"),
      vendors: Self.vendors
    )
  }

  private func text(_ text: String, _ place: Range<Int> = 50..<55) -> StackTree.Node {
    .literal(.text(text), place: place)
  }

  private func secret(_ name: String) -> StackTree.Node {
    .call(
      name: "secret",
      [.init(label: nil, node: text(name), place: 50..<55)],
      place: 40..<56
    )
  }

  private func use(
    _ name: String,
    _ arguments: [(String?, StackTree.Node)]? = nil
  ) -> StackTree.Node {
    let given =
      arguments ?? [("project", text("p")), ("token", secret("\(name.uppercased())_TOKEN"))]
    return .call(
      name: name,
      given.map { .init(label: $0.0, node: $0.1, place: 30..<60) },
      place: 20..<70
    )
  }

  private func value(_ name: String, _ node: StackTree.Node) -> StackTree.Entry {
    .value(name: name, node, place: 10..<15)
  }

  private func block(_ kind: String, _ label: String, _ entries: [StackTree.Entry])
    -> StackTree.Entry
  {
    .block(kind: kind, label: label, entries, place: 1..<9)
  }

  @Test func `the control database is a vendor's, and its secret one of the stack`() {
    let (stack, problems) = read([value("control", use("base", [("token", secret("CONTROL"))]))])
    #expect(problems.map(\.message) == ["base needs 'project:'"])
    #expect(stack.control?.vendor.role == .control)
    #expect(stack.secrets.map(\.name) == ["CONTROL"])
    #expect(stack.reaches.map(\.vendor) == ["control database"])
    #expect(stack.reaches.first?.secrets == ["CONTROL"])
    let (_, wrong) = read([value("control", use("bsae")), value("contrl", use("base"))])
    #expect(wrong.map(\.word) == ["bsae", "contrl"])
    #expect(wrong[0].candidates == ["base"] && wrong[1].candidates.contains("control"))
    #expect(wrong[0].place == 20..<70 && wrong[1].place == 10..<15)
  }

  @Test func `a whole file gets its meaning`() throws {
    let (stack, problems) = read([
      value("hosting", use("host")), value("errors", use("track")),
      block(
        "environment",
        "production",
        [
          value("url", text("https://app.optiq.io")), value("region", text("iad1")),
          value("database", use("base")), value("cron_secret", secret("CRON_SECRET")),
          value("identity", text("7341")),
        ]
      ),
      block(
        "environment",
        "staging",
        [value("protected", .literal(.bool(false), place: 0..<1)), value("database", use("base"))]
      ),
      block(
        "job",
        "sync",
        [
          value("path", text("/api/cron/sync")), value("schedule", text("0 */4 * * *")),
          value("takes", .literal(.duration(.minutes(5)), place: 0..<1)),
          value("priority", text("high")),
        ]
      ),
      block(
        "contact",
        "lead",
        [
          value("via", text("phone")),
          value("after", .literal(.duration(.minutes(30)), place: 0..<1)),
        ]
      ),
      block("contact", "on call", [value("via", text("pager")), value("channel", text("ops"))]),
      value("reads", .list([.list([text("kubectl"), text("get")], place: 0..<1)], place: 0..<1)),
      value("queue", use("later")), block("monitor", "m", []),
    ])
    #expect(problems.isEmpty)
    #expect(stack.title == "optiq")
    #expect(stack.environments.map(\.name) == ["production", "staging"])
    #expect(stack.environments.map(\.isProtected) == [true, false])
    #expect(stack.environments[0].identity == "7341")
    #expect(stack.jobs.map(\.schedule.text) == ["0 */4 * * *"])
    #expect(stack.jobs.first?.takes == .minutes(5))
    #expect(stack.contacts.map(\.name) == ["on call", "lead"])
    #expect(stack.reads == [["kubectl", "get"]])
    #expect(
      stack.secrets.map(\.name) == ["HOST_TOKEN", "TRACK_TOKEN", "BASE_TOKEN", "CRON_SECRET"]
    )
    #expect(stack.hosting?.text("project") == "p")
  }

  @Test func `what it may reach is listed once, with the secrets that go there`() {
    let here = use(
      "base",
      [("project", text("p")), ("token", secret("B")), ("url", text("http://127.0.0.1:9/x"))]
    )
    let (stack, problems) = read([
      value("hosting", use("host")),
      block(
        "environment",
        "production",
        [
          value("url", text("https://a.example")), value("cron_secret", secret("C")),
          value("database", here),
        ]
      ),
      block("environment", "staging", [value("database", here)]),
    ])
    #expect(problems.isEmpty)
    #expect(
      stack.reaches == [
        Reach(vendor: "host", host: "api.host.example", secrets: ["HOST_TOKEN"]),
        Reach(vendor: "base", host: "127.0.0.1:9", secrets: ["B"]),
        Reach(vendor: "health", host: "https://a.example", secrets: ["C"]),
      ]
    )
  }

  @Test func `every problem has its words, its place and what would have been right`() {
    let other = StackTree.Node.literal(.int(3), place: 50..<55)
    let cases: [(StackTree.Entry, String, Range<Int>, String?, String?)] = [
      (
        value("hostign", use("host")), "a stack has no entry 'hostign'", 10..<15, "hostign",
        "hosting"
      ),
      (
        block("enviroment", "x", []), "a stack has no 'enviroment' blocks", 1..<9, "enviroment",
        "environment"
      ),
      (
        value("hosting", text("host")), "'hosting' needs a vendor, such as host(…)", 50..<55, nil,
        nil
      ),
      (value("hosting", use("hots")), "opsh knows no 'hots' for hosting", 20..<70, "hots", "host"),
      (value("errors", use("host")), "opsh knows no 'host' for errors", 20..<70, "host", "track"),
      (
        value("hosting", use("host", [("token", secret("T"))])), "host needs 'project:'", 20..<70,
        nil, nil
      ),
      (
        value(
          "hosting",
          use("host", [("project", text("p")), ("token", secret("T")), ("tokn", text("x"))])
        ),
        "host has no argument 'tokn'", 30..<60, "tokn", "token"
      ),
      (
        value(
          "hosting",
          use("host", [("project", text("p")), ("token", secret("T")), (nil, text("x"))])
        ),
        "the arguments of host have labels: project, token, fast, url", 30..<60, nil, "project"
      ),
      (
        value(
          "hosting",
          use("host", [("project", text("p")), ("token", secret("T")), ("fast", text("x"))])
        ),
        "'fast' must be bool", 50..<55, nil, nil
      ),
      (
        block("environment", "x", [value("ulr", text("x"))]), "an environment has no entry 'ulr'",
        10..<15, "ulr", "url"
      ),
      (block("environment", "x", [value("url", other)]), "'url' must be a text", 50..<55, nil, nil),
      (
        block("environment", "x", [value("protected", other)]), "'protected' must be true or false",
        50..<55, nil, nil
      ),
      (
        block("environment", "x", [block("job", "j", [])]), "an environment holds no blocks", 1..<9,
        nil, nil
      ),
      (
        block("environment", "x", [value("cron_secret", text("hunter22"))]),
        "a secret stands here by name only: secret(\"NAME\")", 50..<55, nil, nil
      ),
      (
        block("job", "j", [value("schedule", text("0 1 * * *"))]), "the job 'j' needs a path",
        1..<9, nil, nil
      ),
      (
        block("job", "j", [value("path", text("/x"))]), "the job 'j' needs a schedule", 1..<9, nil,
        nil
      ),
      (
        block("job", "j", [value("path", text("/x")), value("schedule", text("often"))]),
        "'often' is no cron expression of five fields", 50..<55, nil, nil
      ),
      (
        block(
          "job",
          "j",
          [
            value("path", text("/x")), value("schedule", text("0 1 * * *")),
            value("shedule", text("x")),
          ]
        ),
        "a job has no entry 'shedule'", 10..<15, "shedule", "schedule"
      ),
      (
        block("contact", "c", [value("afer", text("x"))]), "a contact has no entry 'afer'", 10..<15,
        "afer", "after"
      ),
      (
        block("contact", "c", [value("after", other)]), "'after' must be a duration such as 5m",
        50..<55, nil, nil
      ),
      (value("reads", other), "'reads' is a list of argument lists", 50..<55, nil, nil),
      (
        value("reads", .list([other], place: 1..<2)), "each read is a list of its arguments",
        50..<55, nil, nil
      ),
      (
        value("reads", .list([.list([other], place: 1..<2)], place: 1..<2)),
        "an argument is a text", 50..<55, nil, nil
      ),
    ]
    for (entry, message, place, word, candidate) in cases {
      let (_, problems) = read([entry])
      #expect(problems.map(\.message) == [message])
      #expect(problems.first?.place == place, "\(message)")
      #expect(problems.first?.word == word, "\(message)")
      if let candidate { #expect(problems.first?.candidates.contains(candidate) == true) }
    }
  }

  @Test func `a secret's source is a name and maybe a file, and nothing else`() {
    func secret(_ label: String, _ node: StackTree.Node) -> [StackProblem] {
      let call = StackTree.Node.call(
        name: "secret",
        [
          .init(label: nil, node: text("T"), place: 1..<2),
          .init(label: label, node: node, place: 3..<4),
        ],
        place: 0..<9
      )
      return read([value("hosting", use("host", [("project", text("p")), ("token", call)]))]).1
    }
    #expect(secret("file", text("secrets/T")).isEmpty)
    let words = ["a secret's source here is its environment variable or file:"]
    #expect(secret("program", text("pass show T")).map(\.message) == words)
    #expect(secret("file", .literal(.int(1), place: 0..<1)).map(\.message) == words)
  }

  @Test func `two environments of one name are a mistake`() {
    let (_, problems) = read([block("environment", "a", []), block("environment", "a", [])])
    #expect(problems.map(\.message) == ["the environment 'a' stands here twice"])
  }

  @Test func `all that is wrong is told at once`() {
    let (_, problems) = read([
      value("hostign", use("host")), block("job", "j", []), value("errors", text("x")),
    ])
    #expect(problems.count >= 3)
  }

  @Test
  func
    `connecting leaves out what it can not have and says why, of a database with its environment`()
  {
    let (stack, problems) = read([
      value("hosting", use("host")),
      block("environment", "a", [value("database", use("base"))]),
      block("environment", "b", [value("database", use("base"))]),
    ])
    #expect(problems.isEmpty)
    let (operated, failures) = stack.connect(
      ConnectContext(
        folder: "/s",
        secret: { (reference) throws(Failure) in throw Failure(.missingSecret, reference.name) },
        declare: { _ in }
      ),
      health: nil
    )
    #expect(
      failures.map(\.message) == [
        "nobody connects here", "the database of a: nobody connects here",
        "the database of b: nobody connects here",
      ]
    )
    #expect(operated.environments.map(\.name) == ["a", "b"])
    #expect(operated.environment("b") != nil && operated.environment("c") == nil)
    #expect(operated.reaches == stack.reaches)
  }

  @Test func `a secret that is missing for several environments is told of once`() {
    let missing = Failure(.missingSecret, "KEY is not set")
    let vendor = Vendor(
      name: "base",
      role: .database,
      summary: "needs a secret",
      host: "base.example",
      parameters: []
    ) { (_, _) throws(Failure) in throw missing }
    let (stack, _) = StackReader.read(
      StackTree(
        title: "s",
        entries: ["a", "b"].map { block("environment", $0, [value("database", use("base", []))]) },
        path: "/s/stack.opsh"
      ),
      vendors: [vendor]
    )
    let (_, failures) = stack.connect(
      ConnectContext(
        folder: "/s",
        secret: { (_) throws(Failure) in throw missing },
        declare: { _ in }
      ),
      health: nil
    )
    #expect(failures == [missing])
  }
}

@Suite struct TrustLedgerTests {
  @Test func `a file is trusted by its content, wherever it lies`() {
    var ledger = TrustLedger("")
    let hash = String(repeating: "a", count: 64)
    #expect(!ledger.trusts(hash))
    ledger.add(hash, path: "/a b/stack.opsh", at: Time(microseconds: 0))
    #expect(ledger.text == "\(hash) 1970-01-01T00:00:00Z /a b/stack.opsh\n")
    #expect(ledger.trusts(hash))
    #expect(!ledger.trusts(String(hash.dropLast())))
    #expect(!ledger.trusts("/a"))
    #expect(!ledger.trusts(""))
    #expect(!TrustLedger("\n\n \n").trusts(""))
  }

  @Test func `a line that was cut is ended before the next one begins`() {
    var ledger = TrustLedger("abc 2026")
    ledger.add("def", path: "/x", at: Time(microseconds: 0))
    #expect(ledger.text == "abc 2026\ndef 1970-01-01T00:00:00Z /x\n")
    #expect(ledger.trusts("abc") && ledger.trusts("def"))
  }

  @Test func `a path can not smuggle in a line of its own`() {
    var ledger = TrustLedger("")
    ledger.add("abc", path: "/x\nevil 1970 /y", at: Time(microseconds: 0))
    #expect(!ledger.trusts("evil"))
  }
}
