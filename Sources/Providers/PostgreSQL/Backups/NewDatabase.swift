internal import Backups
internal import SQLText

/// The statement that makes an empty database like another one.
struct NewDatabase: Sendable {
  let name: String
  /// Nothing takes the server's usual one.
  let locale: Manifest.Locale?
  /// Nothing leaves it to who makes it.
  let owner: String?

  var sql: String {
    var words = ["create database \(SQLIdentifier.quoted(name)) template template0"]
    if let owner { words.append("owner \(SQLIdentifier.quoted(owner))") }
    if let locale {
      words.append("encoding \(Self.literal(locale.encoding))")
      words.append("lc_collate \(Self.literal(locale.collate))")
      words.append("lc_ctype \(Self.literal(locale.ctype))")
      if let icu = locale.icu {
        words.append("locale_provider icu icu_locale \(Self.literal(icu))")
      }
    }
    return words.joined(separator: " ")
  }

  /// A statement of this kind takes no binds; a quote is doubled, and a backslash is only itself with
  /// the setting that our sessions start with.
  static func literal(_ text: String) -> String {
    "'" + text.filter { $0 != "\0" }.replacing("'", with: "''") + "'"
  }
}
