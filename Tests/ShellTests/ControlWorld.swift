import Foundation
import PostgresTestSupport
import PseudoTerminalSupport
import Testing

/// A shop's database and a control database, and two people who share them from machines of their own.
struct ControlWorld {
  let binary: BuiltBinary
  let cluster: TestCluster
  let shop: String
  let control: String

  /// - Parameter head: further entries of the stack.
  init(isSetUp: Bool = true, isProtected: Bool = false) throws {
    binary = try BuiltBinary()
    cluster = try TestCluster.shared.get()
    shop = try cluster.makeDatabase()
    control = try cluster.makeDatabase()
    for person in ["ann", "ben", "cid"] {
      _ = try cluster.psql([
        "-q", "-c",
        """
        do $$ begin create role \(person) login;
        exception when duplicate_object or unique_violation then null; end $$
        """,
      ])
    }
    _ = try cluster.psql(
      [
        "-q", "-c", "create table t (a int); insert into t values (0); create table gate (a int)",
      ],
      database: shop
    )
    try binary.write(
      """
      opsh 1

      stack "shop" {
        control: postgres(url: secret("OPSH_CONTROL_URL"))

        environment production {
          protected: \(isProtected)
          database: postgres(url: secret("DATABASE_URL"))
        }
      }

      """,
      to: "stack.opsh"
    )
    let untrusted = try binary.opsh("trust")
    let hash = try #require(untrusted.messages.split(whereSeparator: \.isWhitespace).last)
    let trusted = try binary.opsh("trust", String(hash))
    try #require(trusted.code == 0, "\(trusted.messages)")
    guard isSetUp else { return }
    let made = try opsh(cluster.user, "doctor", "--setup-control")
    try #require(made.code == 0, "\(made.messages)")
    for person in ["ann", "ben", "cid"] { try grant(to: person, as: made.output) }
  }

  /// Runs the grants as the doctor printed them.
  func grant(to person: String, as printed: String) throws {
    let grants = printed.split(separator: "\n").filter { $0.contains("grant ") }
    try #require(!grants.isEmpty, "\(printed)")
    for grant in grants {
      _ = try cluster.psql(
        ["-q", "-c", String(grant).replacing("\"LOGIN\"", with: person)],
        database: control
      )
    }
  }

  /// A machine's own state, and its person's login for the control database.
  func environment(_ person: String) -> [String: String] {
    [
      "XDG_STATE_HOME": "\(binary.root)/\(person)", "LOGNAME": person, "NO_COLOR": "1",
      "DATABASE_URL": cluster.url(database: shop),
      "OPSH_CONTROL_URL": "postgresql://\(person)@127.0.0.1:\(cluster.port)/\(control)",
    ]
  }

  @discardableResult
  func opsh(_ person: String, _ arguments: String...) throws -> BuiltBinary.Result {
    try binary.program("opsh", arguments, with: environment(person))
  }

  func terminal(_ person: String, _ arguments: String...) throws -> PseudoTerminal {
    try PseudoTerminal(
      program: BuiltBinary.folder + "/opsh",
      arguments,
      environment: binary.environment.merging(environment(person)) { $1 },
      directory: binary.work,
      columns: 160,
      rows: 40,
      patience: 60
    )
  }

  func shop(_ sql: String) throws -> String { try psql(sql, shop) }

  func control(_ sql: String) throws -> String { try psql(sql, control) }

  private func psql(_ sql: String, _ database: String) throws -> String {
    let bytes = try cluster.psql(["-qAt", "-c", sql], database: database)
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  /// The journal of a person's newest run.
  func journal(_ person: String) throws -> String {
    let folder = "\(binary.root)/\(person)/opsh/runs"
    let runs = try FileManager.default.contentsOfDirectory(atPath: folder).sorted {
      let times = try [$0, $1].map {
        try FileManager.default.attributesOfItem(atPath: "\(folder)/\($0)/journal")[
          .modificationDate
        ] as? Date ?? .distantPast
      }
      return times[0] < times[1]
    }
    let run = try #require(runs.last)
    return try String(contentsOfFile: "\(folder)/\(run)/journal", encoding: .utf8)
  }

  static let add =
    "do production.database.execute(sql\"update t set a = a + 1 where a >= 0\", expecting: 1)"

  /// Takes the lock with a first change and holds it until there is a row in `gate`.
  static let book = """
    opsh 1

    runbook "Hold"

    param env: environment

    step "Change" {
      do env.database.execute(sql"update t set a = a + 1 where a >= 0", expecting: 1)
    }

    step "Hold on" {
      wait until (env.database.query(sql"select a from gate") | count) > 0 every 200ms for 60s
    }

    step "Change again" {
      do env.database.execute(sql"update t set a = a + 100 where a >= 0", expecting: 1)
    }

    """
}
