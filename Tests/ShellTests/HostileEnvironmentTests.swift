import Testing
import Values

/// What libpq would take from its surroundings plays no part in where opsh connects to.
@Suite struct HostileEnvironmentTests {
  private static let hostile = [
    "PGHOST": "192.0.2.1", "PGHOSTADDR": "192.0.2.1", "PGPORT": "1", "PGUSER": "nobody",
    "PGDATABASE": "nowhere", "PGPASSWORD": "wrong", "PGPASSFILE": "/nowhere",
    "PGSERVICE": "missing", "PGSERVICEFILE": "/nowhere", "PGOPTIONS": "-c nonsense=1",
    "PGAPPNAME": "hostile", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/nowhere",
    "PGREQUIREPEER": "nobody", "PGTZ": "Asia/Tokyo", "PGDATESTYLE": "German",
    "PGCLIENTENCODING": "LATIN1", "PGCONNECT_TIMEOUT": "x", "PGTARGETSESSIONATTRS": "standby",
    "PGREQUIRESSL": "1", "PGGSSENCMODE": "require", "PGCHANNELBINDING": "require",
    "PGSYSCONFDIR": "/nowhere", "DATABASE_URL": "postgresql://nobody@192.0.2.1:1/nowhere",
  ]

  @Test(.timeLimit(.minutes(6))) func `no variable of the environment takes part`() throws {
    let world = try SandboxWorld(scenario: "quiet")
    let code = """
      production.database.query(sql"select current_user as who, current_database() as what, current_setting('TimeZone') as zone, current_setting('DateStyle') as dates, current_setting('client_encoding') as encoding, current_setting('application_name') as name, current_setting('default_transaction_read_only') as reads")
      """
    let result = try world.binary.program(
      "opsh",
      ["-c", code, "--output", "ndjson"],
      with: Self.hostile,
      in: world.folder
    )
    #expect(result.code == 0, "\(result.messages)")
    #expect(
      try JSON.parse(result.output) == [
        "who": "optiq_owner", "what": "optiq_prod", "zone": "UTC", "dates": "ISO, MDY",
        "encoding": "UTF8", "name": "opsh", "reads": "on",
      ]
    )
  }
}
