private import Glibc

/// How to reach a database: what a connection URL says, and nothing from the environment.
package struct ConnectionParameters: Hashable, Sendable, CustomStringConvertible {
  /// A server to try; a name that starts with `/` is the folder of a Unix socket.
  package struct Host: Hashable, Sendable {
    package var name: String
    package var port: Int

    package init(name: String, port: Int) {
      self.name = name
      self.port = port
    }

    package var isSocket: Bool { name.hasPrefix("/") }
  }

  package var hosts: [Host]
  package var user: String
  package var database: String
  /// Further parameters of libpq by name, such as `sslmode`; never the password.
  package var options: [String: String]
  /// The schema to look in, from Prisma's `schema`.
  package var schema: String?
  /// The URL's own limit for connecting.
  package var connectTimeout: Duration?
  /// Whether a transaction pooler stands in between: session state and advisory locks do not hold.
  package var isPooled: Bool
  var password: SecretBytes?

  package init(hosts: [Host], user: String, database: String, password: String? = nil) {
    self.hosts = hosts
    self.user = user
    self.database = database
    self.password = password.map { SecretBytes(Array($0.utf8)) }
    options = [:]
    isPooled = hosts.contains { $0.name.contains("-pooler.") }
  }

  /// Lends the password to what hands it on as a secret; nothing where there is none.
  package func withExposedPassword<Result>(_ body: (String) -> Result) -> Result? {
    password.map { bytes in
      bytes.withExposedBytes { body(String(decoding: $0, as: UTF8.self)) }
    }
  }

  /// The target without its password: `postgresql://app@db.example:5432/shop`.
  package var description: String {
    let places = hosts.map { $0.isSocket ? "\($0.name) port \($0.port)" : "\($0.name):\($0.port)" }
    return "postgresql://\(user)@\(places.joined(separator: ","))/\(database)"
  }

  /// The same database past Neon's pooler, whose hosts carry `-pooler` behind the endpoint's id.
  package var withoutPooler: ConnectionParameters {
    var direct = self
    for index in direct.hosts.indices {
      let labels = direct.hosts[index].name.split(
        separator: ".",
        maxSplits: 1,
        omittingEmptySubsequences: false
      )
      guard labels.count == 2, labels[0].hasSuffix("-pooler") else { continue }
      direct.hosts[index].name = labels[0].dropLast("-pooler".count) + "." + labels[1]
      direct.isPooled = false
    }
    return direct
  }

  /// Every parameter that is handed to libpq, the password apart.
  ///
  /// Those that libpq would otherwise take from the environment are all given; `Environment.c`
  /// covers the few whose empty value can not be given.
  func keywords(_ settings: SessionSettings) -> [String: String] {
    var words = [
      "user": user,
      "dbname": database,
      // Not a file at all: an existing one that is not plain makes libpq print a warning.
      "passfile": "/dev/null/none",
      "client_encoding": "UTF8",
      "application_name": settings.applicationName,
      "sslmode": "prefer",
      "sslcompression": "0",
      "sslsni": "1",
      "ssl_min_protocol_version": "TLSv1.2",
      "gssencmode": "disable",
      "krbsrvname": "postgres",
      "channel_binding": "prefer",
      "target_session_attrs": "any",
      "connect_timeout": "0",
      "keepalives_idle": "30",
    ]
    words.merge(options) { _, given in given }
    trustSystemCertificates(&words)
    guard !isPooled else {
      // PgBouncer refuses a session's own settings; empty keeps the environment's away.
      words["options"] = ""
      return words
    }
    var sessionOptions = options["options"].map { [$0] } ?? []
    if let schema {
      let path = SessionSettings.escaped(SessionSettings.quoted(schema))
      sessionOptions.append("-c search_path=\(path)")
    }
    words["options"] = (sessionOptions + settings.options).joined(separator: " ")
    return words
  }

  /// Where a certificate must be verified and the URL names no authority, libpq would look into the
  /// home folder; the system's own bundle is what people mean (`sslrootcert=system` from 16 on).
  private func trustSystemCertificates(_ words: inout [String: String]) {
    let isVerified = words["sslmode"] == "verify-full" || words["sslmode"] == "verify-ca"
    guard words["sslrootcert"] == "system" || (isVerified && words["sslrootcert"] == nil) else {
      return
    }
    let bundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]
    if let bundle = bundles.first(where: { unsafe access($0, R_OK) == 0 }) {
      words["sslrootcert"] = bundle
      words["sslmode"] = "verify-full"
    }
  }
}
