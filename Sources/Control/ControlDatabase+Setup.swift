internal import Postgres
package import Values

extension ControlDatabase {
  /// How the control database stands, for whoever looks after it.
  package struct Status: Hashable, Sendable {
    /// Nothing where it was never set up.
    package var version: Int?
    /// Who the server says we are: what counts as one person.
    package var user: String
    /// The login could change its tables' definitions, so no trigger holds it back.
    package var ownsSchema: Bool
    /// The statements that would give the login what it lacks.
    package var missingGrants: [String]
    package var serverVersion: String
  }

  package static var knownVersion: Int { ControlSchema.known }
  package static var schemaName: String { ControlSchema.name }

  /// - Throws: `unreachable`, or what the server refuses.
  package func status(_ cancellation: Cancellation) throws(Failure) -> Status {
    try using(cancellation, isForSetup: true) { (session) throws(Failure) in
      let facts = try session.rows(
        """
        select session_user, current_setting('server_version'),
          coalesce((select pg_has_role(session_user, nspowner, 'member')
            from pg_namespace where nspname = 'opsh_control'), false),
          coalesce(has_schema_privilege(to_regnamespace('opsh_control')::oid, 'usage'), false)
        """
      )[0]
      var status = Status(
        version: nil,
        user: facts[0] ?? "",
        ownsSchema: facts[2] == "t",
        missingGrants: [],
        serverVersion: facts[1] ?? ""
      )
      guard facts[3] == "t" else {
        // Without the right to look inside, the schema's presence is all that can be seen.
        let isThere = try session.rows("select to_regnamespace('opsh_control') is not null")
        if isThere[0][0] == "t" { status.missingGrants = Self.grants(to: status.user) }
        return status
      }
      status.version = try ControlSchema.version(in: session)
      if status.version != nil, try Self.lacksRights(in: session) {
        status.missingGrants = Self.grants(to: status.user)
      }
      return status
    }
  }

  /// Makes the schema or brings it up to the known version, all of it or nothing; gives the version
  /// that was there before.
  ///
  /// - Parameter versions: the steps from each version to the next.
  package func setUp(
    _ cancellation: Cancellation,
    versions: [[String]] = ControlSchema.versions
  ) throws(Failure) -> Int? {
    try using(cancellation, isForSetup: true) { (session) throws(Failure) in
      try session.transaction { () throws(Failure) in
        // Two who set it up at once: the second finds it done.
        try session.rows("select pg_advisory_xact_lock(8246310915)")
        let found = try ControlSchema.version(in: session)
        guard found ?? 0 <= versions.count else {
          throw .controlIsNewer(server, found ?? 0)
        }
        if found == nil {
          for statement in Self.foundations { try session.rows(statement) }
        }
        for number in (found ?? 0)..<versions.count {
          for statement in versions[number] { try session.rows(statement) }
          try session.rows(
            "insert into opsh_control.version (number) values ($1)",
            [.int(Int64(number + 1))]
          )
        }
        return found
      }
    }
  }

  private static let foundations = [
    "create schema if not exists opsh_control",
    """
    create table opsh_control.version (
      number int primary key, who text not null default session_user,
      at timestamptz not null default clock_timestamp())
    """,
  ]

  /// The statements that let a login, or a role that logins are members of, do its work.
  package static func grants(to role: String) -> [String] {
    let quoted = "\"" + role.replacing("\"", with: "\"\"") + "\""
    let growing = ControlSchema.growing.map { "opsh_control.\($0)" }.joined(separator: ", ")
    return [
      "grant usage on schema opsh_control to \(quoted)",
      "grant select on all tables in schema opsh_control to \(quoted)",
      "grant insert on \(growing) to \(quoted)",
      "grant insert, update on opsh_control.lock to \(quoted)",
    ]
  }

  private static func lacksRights(in session: ControlSession) throws(Failure) -> Bool {
    let needed =
      ControlSchema.growing.map { ($0, "select, insert") }
      + ControlSchema.changing.map { ($0, "select, insert, update") } + [("version", "select")]
    for (table, rights) in needed {
      for right in rights.split(separator: ", ") {
        let has = try session.rows(
          "select has_table_privilege('opsh_control.' || $1, $2)",
          [.text(table), .text(String(right))]
        )
        if has[0][0] != "t" { return true }
      }
    }
    return false
  }
}
