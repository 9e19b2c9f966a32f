internal import Backups
internal import Objects
internal import Processes
internal import Values

/// Something to restore from: a backup of ours, or a file that somebody else made.
struct BackupReader: Sendable {
  let settings: BackupSettings?
  /// The archive's path.
  let path: String
  let header: ArchiveHeader
  /// Nothing for a file that is none of ours.
  let manifest: Manifest?

  init(_ backup: StoredBackup, settings: BackupSettings?) throws(Failure) {
    self.settings = settings
    path = backup.archivePath
    manifest = backup.manifest
    header = try ArchiveHeader.read(path)
    try check()
  }

  /// - Throws: `refused` for what is no dump, or only a part of one.
  init(file path: String, settings: BackupSettings?) throws(Failure) {
    self.settings = settings
    self.path = path
    manifest = nil
    header = try ArchiveHeader.read(path)
    try check()
  }

  private func check() throws(Failure) {
    switch header {
    case .custom, .directory, .encrypted: return
    case .plain: try PlainDump.checkEnd(of: path)
    case .unknown:
      throw Failure(
        .refused,
        "\(path) is no dump: it begins neither as an archive of pg_dump nor as its plain text",
        advice: ["a file that a killed pg_dump left behind is often empty"]
      )
    }
  }

  var isPlain: Bool { header == .plain }
  var isEncrypted: Bool { header == .encrypted }

  /// The program that reads it, of a version that is old enough for nobody and new enough for it.
  func programs(_ name: String, atLeast major: Int = 0) throws(Failure) -> ClientPrograms.Found {
    let written = manifest.flatMap { ClientVersion($0.dumpVersion)?.major } ?? 0
    return try (settings?.programs ?? .installed).find(
      name,
      atLeast: max(major, written),
      for: "reading \(path)"
    )
  }

  /// The parts of a crew that has pg_restore read it to its end.
  func parts(
    _ arguments: [String],
    for purpose: String,
    password: Secret? = nil,
    onStart: @escaping @Sendable (ProcessIdentity, String) -> Void = { _, _ in },
    onLine: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(Failure) -> [Crew.Part] {
    let program = try programs("pg_restore").path("pg_restore")
    guard isEncrypted else {
      var run = ProgramRun(program, arguments + ["--", path], for: purpose)
      run.password = password
      return [run.part(onStart: onStart, onLine: onLine)]
    }
    guard let identity = settings?.identity else {
      throw Failure(
        .refused,
        "\(path) is encrypted, and the stack file names no key that reads it",
        advice: ["name it there: backup_identity: secret(\"OPSH_BACKUP_IDENTITY\")"]
      )
    }
    var run = ProgramRun(program, arguments, for: purpose)
    run.password = password
    return try Encryption.decryptingParts(
      path,
      identity: try identity(),
      for: run,
      onStart: onStart,
      onLine: onLine
    )
  }

  /// Reads and decompresses all of it; nothing is restored anywhere.
  func readToEnd(in context: CallContext) throws(Failure) {
    guard !isPlain else { return }
    try Crew.run(
      try parts(["--file=/dev/null"], for: "reading \(path) to its end"),
      watching: context.cancellation
    )
  }

  /// What is in it, by its table of contents.
  func listing(in context: CallContext) throws(Failure) -> ArchiveListing? {
    guard !isPlain, !isEncrypted else { return nil }
    let program = try programs("pg_restore").path("pg_restore")
    let run = ProgramRun(program, ["--list", "--", path], for: "listing \(path)")
    let stop = Cancellation()
    return ArchiveListing(try run.run(stop: stop).text)
  }
}
