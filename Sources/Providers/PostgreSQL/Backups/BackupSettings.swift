internal import Backups
internal import Objects
internal import Stack
internal import Values

/// Where a database's backups go, how many stay, and who can read them.
struct BackupSettings: Sendable {
  let folder: BackupFolder
  /// How many stay; nothing keeps all.
  var keep: Int?
  /// The age recipient that they are encrypted to.
  var recipient: String?
  /// Gives the key that reads them again; nothing where the stack file names none.
  var identity: (@Sendable () throws(Failure) -> Secret)?
  var programs = ClientPrograms.installed

  init(_ folder: String) {
    self.folder = BackupFolder(folder)
  }

  /// What the stack file's calls of `postgres(…)` and `neon(…)` take.
  static let parameters = [
    Parameter(
      "backups",
      .text,
      "the folder that backups go into, such as backups",
      isRequired: false
    ),
    Parameter("keep", .int, "how many backups stay; all if left out", isRequired: false),
    Parameter(
      "backup_key",
      .text,
      "the age recipient that backups are encrypted to, age1…",
      isRequired: false
    ),
    Parameter(
      "backup_identity",
      .secret,
      "the age identity that reads them again, AGE-SECRET-KEY-1…",
      isRequired: false
    ),
  ]
}

extension VendorUse {
  /// What it says of backups; nothing where it says nothing.
  ///
  /// The identity is read when it is needed: it may be nowhere near while backups are taken.
  func backupSettings(in context: ConnectContext) throws(Failure) -> BackupSettings? {
    guard let given = text("backups") else {
      guard values["keep"] == nil, text("backup_key") == nil else {
        throw Failure(.usage, "'keep' and 'backup_key' are of no use without backups: \"FOLDER\"")
      }
      return nil
    }
    var settings = BackupSettings(given.hasPrefix("/") ? given : "\(context.folder)/\(given)")
    if case .int(let count)? = values["keep"] {
      guard (1...100_000).contains(count) else {
        throw Failure(.usage, "'keep' must be at least 1, but is \(count)")
      }
      settings.keep = Int(count)
    }
    if let key = text("backup_key") {
      guard key.hasPrefix("age1"), key.utf8.allSatisfy(\.isWordByte) else {
        throw Failure(
          .usage,
          "'backup_key' must be an age recipient, which begins with age1",
          advice: ["make one: age-keygen --output FILE prints it, and the file is the identity"]
        )
      }
      settings.recipient = key
    }
    if let reference = references["backup_identity"] {
      settings.identity = { () throws(Failure) in try context.secret(reference) }
    }
    return settings
  }
}

extension UInt8 {
  fileprivate var isWordByte: Bool {
    (0x30...0x39).contains(self) || (0x61...0x7A).contains(self)
  }
}
