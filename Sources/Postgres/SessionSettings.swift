/// Settings that a session starts with, sent in the start-up message, so that `RESET` brings them
/// back instead of losing them (measured; a plain `SET` does not survive it).
package struct SessionSettings: Hashable, Sendable {
  /// `default_transaction_read_only`.
  package var isReadOnly: Bool
  /// The server stops a statement after this time.
  package var statementTimeout: Duration?
  /// The server stops waiting for a lock after this time.
  package var lockTimeout: Duration?
  /// The server ends a session that leaves a transaction open for this long.
  package var idleInTransactionTimeout: Duration?
  /// How often the server looks whether the client is still there while a statement runs; without
  /// it a statement goes on to its end after its client was killed.
  package var connectionCheckInterval: Duration?
  /// Leaves time zone and notation to the server's own settings, as for a text of others that means
  /// those; the values of rows can not be relied upon then.
  package var keepsServerDefaults: Bool
  package var applicationName: String

  package init(
    isReadOnly: Bool,
    statementTimeout: Duration? = nil,
    lockTimeout: Duration? = .seconds(5),
    idleInTransactionTimeout: Duration? = .seconds(600),
    connectionCheckInterval: Duration? = .milliseconds(500),
    keepsServerDefaults: Bool = false,
    applicationName: String = "opsh"
  ) {
    self.isReadOnly = isReadOnly
    self.statementTimeout = statementTimeout
    self.lockTimeout = lockTimeout
    self.idleInTransactionTimeout = idleInTransactionTimeout
    self.connectionCheckInterval = connectionCheckInterval
    self.keepsServerDefaults = keepsServerDefaults
    self.applicationName = applicationName
  }

  /// The settings as `-c name=value`, in the order that decides: the last one wins.
  var options: [String] {
    pairs.map { "-c \($0.name)=\(Self.escaped($0.value))" }
  }

  /// One statement that makes the settings hold until the transaction ends: all that can be had
  /// behind a pooler, which refuses them in the start-up message and shares its sessions.
  var forTransaction: String {
    let calls = pairs.map { pair in
      "pg_catalog.set_config('\(pair.name)', '\(pair.value)', true)"
    }
    return "select " + calls.joined(separator: ", ")
  }

  private var pairs: [(name: String, value: String)] {
    var settings: [(name: String, value: String)] = [
      ("default_transaction_read_only", isReadOnly ? "on" : "off")
    ]
    if !keepsServerDefaults {
      settings += [
        ("TimeZone", "UTC"),
        ("DateStyle", "ISO,MDY"),
        ("IntervalStyle", "postgres"),
        ("bytea_output", "hex"),
        ("standard_conforming_strings", "on"),
      ]
    }
    let times = [
      ("statement_timeout", statementTimeout),
      ("lock_timeout", lockTimeout),
      ("idle_in_transaction_session_timeout", idleInTransactionTimeout),
      ("client_connection_check_interval", connectionCheckInterval),
    ]
    for (name, time) in times {
      if let time { settings.append((name, "\(max(1, time.milliseconds))ms")) }
    }
    return settings.map { (name: $0, value: $1) }
  }

  /// A name in quotes, as `search_path` takes it.
  static func quoted(_ name: String) -> String {
    var text = "\""
    for character in name {
      if character == "\"" { text += "\"" }
      text.append(character)
    }
    return text + "\""
  }

  /// A value inside the start-up message's `options`, where white space separates.
  static func escaped(_ value: String) -> String {
    var text = ""
    for character in value {
      if character.isWhitespace || character == "\\" { text += "\\" }
      text.append(character)
    }
    return text
  }
}
