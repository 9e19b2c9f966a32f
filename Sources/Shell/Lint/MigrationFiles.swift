internal import Glibc
internal import SQLText
internal import Values

/// A migration's file and what its text does.
struct LintedFile {
  /// As people know it: the path that was given, or that folder's and the file's name.
  let name: String
  let bytes: [UInt8]
  let review: MigrationReview
}

/// The files that were asked for, in the order in which they would run.
struct MigrationFiles {
  private let names: [String]
  private let paths: Paths

  init(_ words: [String], _ paths: Paths) throws(Failure) {
    self.paths = paths
    var names: [String] = []
    for word in words {
      names += Self.isFolder(paths.absolute(word)) ? try Self.files(in: word, paths) : [word]
    }
    self.names = names
  }

  /// Reviews each file with what those before it have left.
  func review() throws(Failure) -> [LintedFile] {
    var history = MigrationHistory()
    var reviewed: [LintedFile] = []
    for name in names {
      let bytes = try TextFile.read(name == "-" ? name : paths.absolute(name), shownAs: name)
      let review = try Self.review(bytes, name, after: history)
      history = review.history
      reviewed.append(LintedFile(name: name, bytes: bytes, review: review))
    }
    return reviewed
  }

  private static func review(
    _ bytes: [UInt8],
    _ name: String,
    after history: MigrationHistory
  ) throws(Failure) -> MigrationReview {
    let text = MigrationText(bytes)
    do throws(SQLTextError) {
      return try MigrationReview(text.bytes, running: text.runner, after: history)
    } catch {
      throw Failure(.usage, "\(name) can not be read: \(error.message)")
    }
  }

  // MARK: Folders

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Prisma's folder has a folder for each migration, the others' have files.
  ///
  /// Those that go down are left out. Names sort by their bytes, as all of these tools do.
  private static func files(in folder: String, _ paths: Paths) throws(Failure) -> [String] {
    let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    let entries = try entries(of: paths.absolute(folder), shownAs: folder)
    var names = entries.map { "\(base)/\($0)/migration.sql" }
      .filter { TextFile.exists(paths.absolute($0)) }
    if names.isEmpty {
      let sql = entries.filter { $0.hasSuffix(".sql") && !$0.hasSuffix(".down.sql") }
      names = sql.map { "\(base)/\($0)" }
    }
    guard !names.isEmpty else {
      throw Failure(
        .usage,
        "there is no migration in \(folder)",
        advice: ["it should hold NAME/migration.sql, NAME.up.sql or NAME.sql"]
      )
    }
    return names
  }

  private static func entries(
    of path: String,
    shownAs name: String
  ) throws(Failure) -> [String] {
    guard let stream = unsafe opendir(path) else {
      let reason = unsafe String(cString: strerror(errno)).lowercased()
      throw Failure(.usage, "\(name) can not be read: \(reason)")
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
