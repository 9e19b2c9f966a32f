/// Reading `postgresql://user:password@host:port/database?parameters`.
///
/// Takes what libpq takes and, beside it, Prisma's own parameters, which libpq refuses. An error
/// never repeats a piece of the text that may belong to the password.
extension ConnectionParameters {
  package init(url: String) throws(PostgresError) {
    let body = try Self.withoutScheme(url)
    let (beforeQuery, query) = Self.split(body, at: "?")
    let (authority, path) = Self.split(beforeQuery, at: "/")
    let (login, places) = try Self.splitLogin(authority)
    var given: [String: String] = [:]
    for pair in query?.split(separator: "&") ?? [] {
      let (name, value) = Self.split(pair, at: "=")
      given[try Self.decoded(name)] = try Self.decoded(value ?? "")
    }
    let (user, password) = Self.split(login ?? "", at: ":")
    let decodedUser = try Self.decoded(user)
    let userName = given.removeValue(forKey: "user") ?? decodedUser
    guard !userName.isEmpty else { throw .invalidURL("it names no user") }
    let decodedName = try Self.decoded(path ?? "")
    let name = given.removeValue(forKey: "dbname") ?? decodedName
    var hosts = try Self.hosts(places)
    if let host = given.removeValue(forKey: "host") {
      hosts = [Host(name: host, port: hosts.first?.port ?? 5432)]
    }
    if let text = given.removeValue(forKey: "port") {
      let port = try Self.port(text[...])
      for index in hosts.indices { hosts[index].port = port }
    }
    guard !hosts.isEmpty else { throw .invalidURL("it names no host") }
    self.init(hosts: hosts, user: userName, database: name.isEmpty ? userName : name)
    let decodedPassword = try Self.decoded(password ?? "")
    let secret = given.removeValue(forKey: "password") ?? decodedPassword
    self.password = secret.isEmpty ? nil : SecretBytes(Array(secret.utf8))
    try take(given)
  }

  private static func withoutScheme(_ url: String) throws(PostgresError) -> Substring {
    for scheme in ["postgresql://", "postgres://"] where url.hasPrefix(scheme) {
      guard !url.utf8.contains(0) else { throw .invalidURL("it holds a NUL") }
      return url.dropFirst(scheme.count)
    }
    throw .invalidURL("it must start with postgresql://")
  }

  private static func splitLogin(_ authority: Substring) throws(PostgresError) -> (
    Substring?, Substring
  ) {
    let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
    switch parts.count {
    case 1: return (nil, authority)
    case 2: return (parts[0], parts[1])
    default: throw .invalidURL("an '@' in the user or password must be written as %40")
    }
  }

  private static func hosts(_ places: Substring) throws(PostgresError) -> [Host] {
    guard !places.isEmpty else { return [] }
    var hosts: [Host] = []
    for place in places.split(separator: ",", omittingEmptySubsequences: false) {
      hosts.append(try host(place))
    }
    return hosts
  }

  private static func host(_ place: Substring) throws(PostgresError) -> Host {
    guard place.first == "[" else {
      let (name, port) = split(place, at: ":")
      let decodedName = try decoded(name)
      guard !decodedName.isEmpty else { throw .invalidURL("a host has no name") }
      return Host(name: decodedName, port: try port.map(Self.port) ?? 5432)
    }
    guard let end = place.firstIndex(of: "]") else {
      throw .invalidURL("an IPv6 address has no closing ']'")
    }
    let address = place[place.index(after: place.startIndex)..<end]
    let rest = place[place.index(after: end)...]
    guard rest.isEmpty || rest.first == ":" else {
      throw .invalidURL("there is text between an IPv6 address and its port")
    }
    return Host(name: String(address), port: rest.isEmpty ? 5432 : try port(rest.dropFirst()))
  }

  private static func port(_ text: Substring) throws(PostgresError) -> Int {
    // The text may be a piece of a password with a bare '/' or '?' in it, so it is not repeated.
    guard let port = Int(text), (1...65_535).contains(port) else {
      throw .invalidURL(
        "the port must be 1 to 65535; write '/', '?', '#' and ':' in a password as %2F, %3F, %23, %3A"
      )
    }
    return port
  }

  private static func split(_ text: Substring, at separator: Character) -> (Substring, Substring?) {
    guard let index = text.firstIndex(of: separator) else { return (text, nil) }
    return (text[..<index], text[text.index(after: index)...])
  }

  private static func decoded(_ text: Substring) throws(PostgresError) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16),
        value != 0
      else { throw .invalidURL("a '%' is not followed by two hexadecimal digits; write it as %25") }
      rest = rest.dropFirst(2)
      bytes.append(value)
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
      throw .invalidURL("a percent-encoded part is not UTF-8")
    }
    return decoded
  }
}

extension ConnectionParameters {
  /// Parameters of libpq that a URL may set; `passfile`, `service` and the like are not among them.
  private static let known: Set<String> = [
    "application_name", "channel_binding", "fallback_application_name", "hostaddr", "keepalives",
    "keepalives_count", "keepalives_idle", "keepalives_interval", "options", "require_auth",
    "sslcert", "sslcertmode", "sslcompression", "sslcrl", "sslcrldir", "sslkey", "sslmode",
    "sslnegotiation", "sslpassword", "sslrootcert", "sslsni", "ssl_max_protocol_version",
    "ssl_min_protocol_version", "target_session_attrs", "tcp_user_timeout",
  ]

  /// Prisma's parameters that mean nothing to one short session.
  private static let ignored: Set<String> = [
    "connection_limit", "max_connection_lifetime", "max_idle_connection_lifetime", "pool_timeout",
    "single_use_connections", "socket_timeout", "statement_cache_size",
  ]

  fileprivate mutating func take(_ given: [String: String]) throws(PostgresError) {
    for (name, value) in given.sorted(by: { $0.key < $1.key }) where !Self.ignored.contains(name) {
      switch name {
      case "schema": schema = value
      case "pgbouncer": isPooled = isPooled || value == "true"
      case "connect_timeout":
        guard let seconds = Int(value) else {
          throw .invalidURL("connect_timeout must be a number of seconds")
        }
        connectTimeout = seconds > 0 ? .seconds(seconds) : nil
      case "sslaccept": try takeAcceptance(value)
      case "sslmode" where given["sslaccept"] == "strict": break
      case "sslcert" where given["sslkey"] == nil:
        // Without a key it is Prisma's meaning: the certificate of the authority.
        options["sslrootcert"] = options["sslrootcert"] ?? value
      case "sslidentity":
        throw .invalidURL("sslidentity (PKCS 12) is not supported; use sslcert and sslkey")
      case let name where Self.known.contains(name): options[name] = value
      default: throw .unknownParameter(name)
      }
    }
  }

  private mutating func takeAcceptance(_ value: String) throws(PostgresError) {
    switch value {
    case "accept_invalid_certs": break
    case "strict": options["sslmode"] = "verify-full"
    default: throw .invalidURL("sslaccept must be strict or accept_invalid_certs")
    }
  }
}
