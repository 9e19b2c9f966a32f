package import Values

extension Manifest {
  /// The form of the text; another one is for another version of opsh.
  private static let version: Int64 = 1

  /// The text of its file, with a line end.
  package var bytes: [UInt8] { json.bytes(isCanonical: true) + [0x0A] }

  package var json: JSON {
    func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
    return [
      "manifest": .int(Self.version), "database": .string(database), "label": .string(label),
      "taken": .string(taken.text), "format": .string(format.rawValue),
      "recipient": optional(recipient), "server_version": .string(serverVersion),
      "pg_dump_version": .string(dumpVersion), "opsh_version": .string(opshVersion),
      "lsn": .string(lsn), "schema_version": optional(schemaVersion),
      "database_size": .int(databaseSize),
      "locale": [
        "encoding": .string(locale.encoding), "collate": .string(locale.collate),
        "ctype": .string(locale.ctype), "icu": optional(locale.icu),
      ],
      "files": .array(
        files.map {
          ["name": .string($0.name), "size": .int($0.size), "sha256": .string($0.sha256)]
        }
      ),
      "tables": .array(
        tables.map {
          [
            "schema": .string($0.schema), "name": .string($0.name), "rows": .int($0.rows),
            "checksum": optional($0.checksum),
          ]
        }
      ),
      "roles": .array(roles.map { .string($0) }), "roles_missing": optional(rolesMissing),
      "extensions": .array(
        extensions.map { ["name": .string($0.name), "version": .string($0.version)] }
      ),
      "key": .string(key),
    ]
  }

  /// Reads the text of a manifest.
  ///
  /// - Throws: `refused` with what is wrong with it.
  package init(bytes: [UInt8]) throws(Failure) {
    guard let json = try? JSON.parse(bytes) else {
      throw Failure(.refused, "the manifest is no JSON")
    }
    guard json["manifest"]?.intValue == Self.version else {
      throw Failure(
        .refused,
        "the manifest is of a form that this opsh does not know",
        advice: ["it was written by opsh \(json["opsh_version"]?.stringValue ?? "of another kind")"]
      )
    }
    try self.init(Fields(json: json))
  }

  private init(_ fields: Fields) throws(Failure) {
    let locale = Fields(json: fields.json["locale"] ?? .null)
    guard let taken = Time(try fields.text("taken")) else { throw Fields.wrong("taken") }
    guard let format = Format(rawValue: try fields.text("format")) else {
      throw Fields.wrong("format")
    }
    self.init(
      database: try fields.text("database"),
      label: try fields.text("label"),
      taken: taken,
      format: format,
      recipient: fields.json["recipient"]?.stringValue,
      serverVersion: try fields.text("server_version"),
      dumpVersion: try fields.text("pg_dump_version"),
      lsn: try fields.text("lsn"),
      schemaVersion: fields.json["schema_version"]?.stringValue,
      databaseSize: try fields.number("database_size"),
      locale: Locale(
        encoding: try locale.text("encoding"),
        collate: try locale.text("collate"),
        ctype: try locale.text("ctype"),
        icu: locale.json["icu"]?.stringValue
      ),
      roles: fields.json["roles"]?.arrayValue?.compactMap(\.stringValue) ?? [],
      extensions: [],
      key: try fields.text("key")
    )
    opshVersion = try fields.text("opsh_version")
    rolesMissing = fields.json["roles_missing"]?.stringValue
    for file in try fields.list("files") {
      let name = try file.text("name")
      guard Self.isInside(name) else { throw Fields.wrong("files") }
      let (size, sha256) = (try file.number("size"), try file.text("sha256"))
      files.append(File(name: name, size: size, sha256: sha256))
    }
    for table in try fields.list("tables") {
      tables.append(
        Table(
          schema: try table.text("schema"),
          name: try table.text("name"),
          rows: try table.number("rows"),
          checksum: table.json["checksum"]?.stringValue
        )
      )
    }
    for found in try fields.list("extensions") {
      extensions.append(
        Extension(name: try found.text("name"), version: try found.text("version"))
      )
    }
  }

  /// A manifest from elsewhere must not lead out of its folder.
  private static func isInside(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix("/") && !name.utf8.contains(0)
      && !name.split(separator: "/", omittingEmptySubsequences: false).contains { part in
        part.isEmpty || part == "." || part == ".."
      }
  }
}

/// Members that have to be there.
private struct Fields {
  let json: JSON

  static func wrong(_ name: String) -> Failure {
    Failure(.refused, "the manifest's '\(name)' is missing or wrong")
  }

  func text(_ name: String) throws(Failure) -> String {
    guard let text = json[name]?.stringValue else { throw Self.wrong(name) }
    return text
  }

  func number(_ name: String) throws(Failure) -> Int64 {
    guard let number = json[name]?.intValue, number >= 0 else { throw Self.wrong(name) }
    return number
  }

  func list(_ name: String) throws(Failure) -> [Fields] {
    guard let list = json[name]?.arrayValue else { throw Self.wrong(name) }
    return list.map(Fields.init)
  }
}
