import Postgres
import Testing

@Suite struct ConnectionURLTests {
  @Test func `a URL is read in all its parts`() throws {
    let parameters = try ConnectionParameters(
      url:
        "postgres://ap%70:p%40ss%2Fword@db.example:6543/shop%20one?sslmode=require&application_name=x"
    )
    #expect(parameters.user == "app")
    #expect(parameters.database == "shop one")
    #expect(parameters.hosts == [.init(name: "db.example", port: 6543)])
    #expect(parameters.options == ["sslmode": "require", "application_name": "x"])
  }

  @Test(arguments: [
    ("postgresql://a@h/d", [ConnectionParameters.Host(name: "h", port: 5432)]),
    ("postgresql://a@[::1]:7/d", [.init(name: "::1", port: 7)]),
    ("postgresql://a@h1:1,h2/d", [.init(name: "h1", port: 1), .init(name: "h2", port: 5432)]),
    ("postgresql://a@%2Fvar%2Frun/d", [.init(name: "/var/run", port: 5432)]),
    ("postgresql://a@/d?host=/tmp/x&port=9", [.init(name: "/tmp/x", port: 9)]),
    ("postgresql://a@localhost/d?host=/tmp/x", [.init(name: "/tmp/x", port: 5432)]),
  ])
  func `hosts are read as libpq and Prisma read them`(
    _ url: String,
    _ hosts: [ConnectionParameters.Host]
  ) throws {
    #expect(try ConnectionParameters(url: url).hosts == hosts)
  }

  @Test func `Prisma's parameters are translated or left out`() throws {
    let parameters = try ConnectionParameters(
      url: "postgresql://a@h/d?schema=o%22dd&connection_limit=1&pool_timeout=0&pgbouncer=true"
        + "&socket_timeout=3&statement_cache_size=0&connect_timeout=7&sslaccept=strict"
        + "&sslmode=require&sslcert=root.crt&channel_binding=require"
    )
    #expect(parameters.schema == "o\"dd")
    #expect(parameters.isPooled)
    #expect(parameters.connectTimeout == .seconds(7))
    #expect(
      parameters.options == [
        "sslmode": "verify-full", "sslrootcert": "root.crt", "channel_binding": "require",
      ]
    )
  }

  @Test func `a client certificate with its key stays libpq's`() throws {
    let parameters = try ConnectionParameters(url: "postgresql://a@h/d?sslcert=c&sslkey=k")
    #expect(parameters.options == ["sslcert": "c", "sslkey": "k"])
  }

  @Test func `Neon's pooler is known and can be passed by`() throws {
    let parameters = try ConnectionParameters(
      url: "postgresql://a@ep-x-1-pooler.eu.aws.neon.tech/d"
    )
    #expect(parameters.isPooled)
    let direct = parameters.withoutPooler
    #expect(direct.hosts[0].name == "ep-x-1.eu.aws.neon.tech")
    #expect(!direct.isPooled)
  }

  @Test(arguments: ["service", "passfile", "sslkeylogfile", "frobnicate", "krbsrvname"])
  func `an unknown parameter is named`(_ name: String) {
    #expect(throws: PostgresError.unknownParameter(name)) {
      try ConnectionParameters(url: "postgresql://a@h/d?\(name)=1")
    }
  }

  @Test(arguments: [
    "postgresql://u:hunter2/x@h/d", "postgresql://u:hunter2@x@h/d", "postgresql://u:hunter2%zz@h/d",
    "mysql://u:hunter2@h/d", "postgresql://u:hunter2@h:99999/d", "postgresql://:hunter2@h/d",
    "postgresql://u:hunter2@/d", "postgresql://u:hunter2@[::1/d", "postgresql://u:hunter2%00@h/d",
    "postgresql://u:hunter2@h/d?connect_timeout=x", "postgresql://u:hunter2@h/d?sslidentity=x", "",
  ])
  func `a URL that can not be read is an error without its password`(_ url: String) throws {
    let failure = #expect(throws: PostgresError.self) { try ConnectionParameters(url: url) }
    let error = try #require(failure)
    #expect(!error.message.contains("hunter2"))
    #expect(!String(reflecting: error).contains("hunter2"))
  }

  @Test func `a password is never printed`() throws {
    let parameters = try ConnectionParameters(url: "postgresql://u:hunter2@h/d")
    var text = ""
    dump(parameters, to: &text)
    text += "\(parameters)" + String(reflecting: parameters)
    #expect(!text.contains("hunter2"))
    #expect(parameters.description == "postgresql://u@h:5432/d")
  }
}
