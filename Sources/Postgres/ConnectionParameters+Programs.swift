extension ConnectionParameters {
  /// The same target for a program of PostgreSQL's own, as its `--dbname`; the password is not in it.
  ///
  /// What our own connections do, the program's do too: nothing comes from the environment.
  package func connectionString(settings: SessionSettings) -> String {
    var words = keywords(settings)
    words["host"] = hosts.map(\.name).joined(separator: ",")
    words["port"] = hosts.map { String($0.port) }.joined(separator: ",")
    return words.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.quoted($0.value))" }
      .joined(separator: " ")
  }

  private static func quoted(_ value: String) -> String {
    var text = "'"
    for character in value {
      if character == "'" || character == "\\" { text += "\\" }
      text.append(character)
    }
    return text + "'"
  }
}
