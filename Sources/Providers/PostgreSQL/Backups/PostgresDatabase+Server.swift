internal import Backups
package import Objects
internal import Postgres
internal import SQLText
package import Stack
package import Values

/// The server that a database is on, and the other databases there.
extension PostgresDatabase {
  /// The same server's database of another name; whether it is there is another question.
  func onSameServer(_ name: String) -> PostgresDatabase {
    let parameters = self.parameters
    return PostgresDatabase(
      label: name + place,
      name: name,
      migrationsFolder: migrationsFolder,
      passwordName: passwordName,
      backups: backups
    ) { (context) throws(Failure) in
      var same = try parameters(context)
      same.database = name
      return same
    }
  }

  /// What of the label tells the server: ` on db.example:5432`.
  private var place: String {
    label.hasPrefix(databaseName) ? String(label.dropFirst(databaseName.count)) : " on \(label)"
  }

  func exists(_ name: String, in context: CallContext) throws(Failure) -> Bool {
    try !rows("select 1 from pg_database where datname = $1", [.text(name)], in: context).isEmpty
  }

  /// Who owns this database.
  func owner(in context: CallContext) throws(Failure) -> String? {
    try value(
      "select pg_get_userbyid(datdba)::text from pg_database where datname = current_database()",
      in: context
    ).asText
  }

  /// The database that statements about databases are sent from: in none of those that they name.
  var maintenance: PostgresDatabase { onSameServer("postgres") }

  func onMaintenance(_ sql: String, in context: CallContext) throws(Failure) {
    let server = maintenance
    defer { server.disconnect() }
    let connection = try server.openWriter(in: context)
    defer { connection.close() }
    // Making and dropping a database copies and removes files, which takes longer than a request.
    let patient = CallContext(
      cancellation: context.cancellation,
      now: context.now,
      deadline: max(context.deadline, .minutes(10)),
      progress: context.progress
    )
    _ = try server.texts(sql, on: connection, isChange: true, in: patient)
  }

  package func beside(
    _ name: String,
    in context: CallContext
  ) throws(Failure) -> any DatabaseService {
    guard try exists(name, in: context) else {
      let others = try rows(
        "select datname::text from pg_database where not datistemplate order by 1",
        in: context
      ).compactMap { $0.cells.first?.asText }
      throw Failure(
        .refused,
        "the server of \(label) has no database '\(name)'",
        advice: ["it has: \(others.joined(separator: ", "))"]
      )
    }
    return onSameServer(name)
  }

  package func beside(
    labelled label: String,
    in context: CallContext
  ) throws(Failure) -> (any DatabaseService)? {
    guard label.hasSuffix(place) else { return nil }
    let name = String(label.dropLast(place.count))
    return try exists(name, in: context) ? onSameServer(name) : nil
  }
}
