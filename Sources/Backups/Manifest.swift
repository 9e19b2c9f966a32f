package import Values

/// What a backup is and what is in it, as it was when it was taken.
///
/// Its text is canonical JSON in a file of its own; the SHA-256 of that file is the backup's *head*,
/// which the journal of the run keeps.
package struct Manifest: Hashable, Sendable {
  /// The form of the archive.
  package enum Format: String, Sendable, CaseIterable {
    case custom, directory
  }

  /// One file, by its path in the backup's folder.
  package struct File: Hashable, Sendable {
    package var name: String
    package var size: Int64
    package var sha256: String

    package init(name: String, size: Int64, sha256: String) {
      self.name = name
      self.size = size
      self.sha256 = sha256
    }
  }

  /// One table in the snapshot that was dumped.
  package struct Table: Hashable, Sendable {
    package var schema: String
    package var name: String
    package var rows: Int64
    /// The sum of its rows' hashes; nothing where they were not hashed.
    package var checksum: String?

    package init(schema: String, name: String, rows: Int64, checksum: String?) {
      self.schema = schema
      self.name = name
      self.rows = rows
      self.checksum = checksum
    }
  }

  package struct Extension: Hashable, Sendable {
    package var name: String
    package var version: String

    package init(name: String, version: String) {
      self.name = name
      self.version = version
    }
  }

  /// How the database sorts and stores text, for making one like it.
  package struct Locale: Hashable, Sendable {
    package var encoding: String
    package var collate: String
    package var ctype: String
    /// The ICU locale, where that provider sorts.
    package var icu: String?

    package init(encoding: String, collate: String, ctype: String, icu: String?) {
      self.encoding = encoding
      self.collate = collate
      self.ctype = ctype
      self.icu = icu
    }
  }

  package var database: String
  /// Which database that was to a person, such as `optiq_prod on Neon branch main`.
  package var label: String
  package var taken: Time
  package var format: Format
  /// The key that it was encrypted to; nothing for one that anybody can read.
  package var recipient: String?
  package var serverVersion: String
  package var dumpVersion: String
  package var opshVersion: String
  package var lsn: String
  /// The newest migration that had been applied.
  package var schemaVersion: String?
  package var databaseSize: Int64
  package var locale: Locale
  package var files: [File]
  package var tables: [Table]
  /// The roles that own something in it or have a right in it.
  package var roles: [String]
  /// Why the definitions of the roles are not beside it; nothing where they are.
  package var rolesMissing: String?
  package var extensions: [Extension]
  /// The run and the place in it that took it: its key, by which a run that goes on finds it.
  package var key: String

  package init(
    database: String,
    label: String,
    taken: Time,
    format: Format,
    recipient: String?,
    serverVersion: String,
    dumpVersion: String,
    lsn: String,
    schemaVersion: String?,
    databaseSize: Int64,
    locale: Locale,
    roles: [String],
    extensions: [Extension],
    key: String
  ) {
    self.database = database
    self.label = label
    self.taken = taken
    self.format = format
    self.recipient = recipient
    self.serverVersion = serverVersion
    self.dumpVersion = dumpVersion
    opshVersion = Product.version
    self.lsn = lsn
    self.schemaVersion = schemaVersion
    self.databaseSize = databaseSize
    self.locale = locale
    files = []
    tables = []
    self.roles = roles
    self.extensions = extensions
    self.key = key
  }

  /// The bytes of all its files together.
  package var size: Int64 { files.reduce(0) { $0 + $1.size } }

  /// The rows of all tables together.
  package var rows: Int64 { tables.reduce(0) { $0 + $1.rows } }

  /// The name of the archive in the backup's folder.
  package var archive: String { Self.archive(format, isEncrypted: recipient != nil) }

  package static func archive(_ format: Format, isEncrypted: Bool) -> String {
    switch format {
    case .custom: isEncrypted ? "database.dump.age" : "database.dump"
    case .directory: "database"
    }
  }

  package static func globals(isEncrypted: Bool) -> String {
    isEncrypted ? "globals.sql.age" : "globals.sql"
  }
}
