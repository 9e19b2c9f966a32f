private import CLibPQ

extension Connection {
  /// Connects and starts a session.
  ///
  /// Names are resolved, and every address tried, within `deadline` as a whole; the URL's own
  /// `connect_timeout` shortens it. The environment's `PG*` variables, service and password files
  /// play no part.
  package static func open(
    _ parameters: ConnectionParameters,
    settings: SessionSettings,
    deadline: Duration = .seconds(10),
    cancelOn: Int32? = nil
  ) throws(PostgresError) -> Connection {
    if let failure = unsafe opsh_pg_failure() {
      throw .libraryUnusable(unsafe String(cString: failure))
    }
    let limit = min(deadline, parameters.connectTimeout ?? deadline)
    let attempt = ConnectionAttempt(
      parameters: parameters,
      patience: Patience(limit, cancelOn: cancelOn),
      transactionSettings: parameters.isPooled ? settings.forTransaction : nil
    )
    var words = parameters.keywords(settings)
    words.merge(try attempt.resolvedHosts()) { _, resolved in resolved }
    let connection = try attempt.start(words)
    try attempt.finish(connection)
    return connection
  }

  /// Connects with the usual settings, read only or not.
  package static func open(
    _ parameters: ConnectionParameters,
    readOnly: Bool,
    deadline: Duration = .seconds(10),
    cancelOn: Int32? = nil
  ) throws(PostgresError) -> Connection {
    try open(
      parameters,
      settings: SessionSettings(isReadOnly: readOnly),
      deadline: deadline,
      cancelOn: cancelOn
    )
  }
}

private struct ConnectionAttempt {
  let parameters: ConnectionParameters
  let patience: Patience
  let transactionSettings: String?

  private func failure(_ reason: String) -> PostgresError {
    .cannotConnect(server: parameters.description, reason: reason, after: patience.spent)
  }

  /// The parameters `host`, `hostaddr` and `port`, one entry for each address.
  ///
  /// libpq would resolve names by itself, but waits for the answer without any limit.
  func resolvedHosts() throws(PostgresError) -> [String: String] {
    guard parameters.options["hostaddr"] == nil else {
      return [
        "host": parameters.hosts.map(\.name).joined(separator: ","),
        "port": parameters.hosts.map { String($0.port) }.joined(separator: ","),
      ]
    }
    var names: [String] = []
    var addresses: [String] = []
    var ports: [String] = []
    var problem: PostgresError?
    for host in parameters.hosts {
      do throws(PostgresError) {
        for address in host.isSocket ? [""] : try resolve(host.name) {
          names.append(host.name)
          addresses.append(address)
          ports.append(String(host.port))
        }
      } catch {
        problem = error
      }
    }
    if let problem, names.isEmpty { throw problem }
    return [
      "host": names.joined(separator: ","),
      "hostaddr": addresses.joined(separator: ","),
      "port": ports.joined(separator: ","),
    ]
  }

  private func resolve(_ name: String) throws(PostgresError) -> [String] {
    let errand = try unsafe Errand(opsh_pg_resolve(name))
    try waitFor(errand.descriptor)
    if let reason = errand.failure { throw failure("'\(name)' can not be resolved: \(reason)") }
    return errand.addresses
  }

  private func waitFor(_ descriptor: Int32, forWriting: Bool = false) throws(PostgresError) {
    switch patience.wait(for: descriptor, forWriting: forWriting) {
    case .ready: return
    case .deadlinePassed: throw failure("there was no answer in time")
    case .cancelled: throw .cancelled(.notSent)
    }
  }

  func start(_ words: [String: String]) throws(PostgresError) -> Connection {
    var keywords = CStringList()
    var values = CStringList()
    defer { values.wipe() }
    for (keyword, value) in words {
      keywords.append(keyword)
      values.append(value)
    }
    if let password = parameters.password {
      keywords.append("password")
      password.withExposedBytes { values.append($0) }
    }
    keywords.append(nil as [UInt8]?)
    values.append(nil as [UInt8]?)
    let raw = unsafe keywords.withPointers { keywords in
      unsafe values.withPointers { values in unsafe opsh_pg_start(keywords, values) }
    }
    guard let raw = unsafe raw else { throw failure("out of memory") }
    return unsafe Connection(
      adopting: raw,
      server: parameters.description,
      transactionSettings: transactionSettings
    )
  }

  func finish(_ connection: Connection) throws(PostgresError) {
    try connection.withHandle { handle throws(PostgresError) in
      guard unsafe opsh_pg_is_good(handle.raw) || opsh_pg_socket(handle.raw) >= 0 else {
        throw failure(unsafe String(cString: opsh_pg_error_message(handle.raw)).joinedLines)
      }
      // The documentation wants the first wait to be one for writing.
      var status = Int(OPSH_PG_WRITING)
      while status != Int(OPSH_PG_CONNECTED) {
        let descriptor = unsafe opsh_pg_socket(handle.raw)
        if descriptor >= 0 {
          let forWriting = status == Int(OPSH_PG_WRITING)
          try waitFor(descriptor, forWriting: forWriting)
        }
        status = unsafe Int(opsh_pg_connect_poll(handle.raw))
        guard status != Int(OPSH_PG_FAILED) else {
          throw failure(unsafe String(cString: opsh_pg_error_message(handle.raw)).joinedLines)
        }
      }
      guard unsafe opsh_pg_set_nonblocking(handle.raw) == 0 else { throw failure("out of memory") }
    }
  }
}
