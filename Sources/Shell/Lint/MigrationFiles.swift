internal import Glibc
internal import Migrations
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
  private struct Entry {
    var name: String
    var bytes: [UInt8]
    /// The part that is run.
    var script: Range<Int>
    var runner: MigrationRunner
  }

  private let entries: [Entry]

  init(_ words: [String], _ paths: Paths) throws(Failure) {
    var entries: [Entry] = []
    for word in words {
      let path = word == "-" ? word : paths.absolute(word)
      if Self.isFolder(path) {
        entries += try Self.folder(path, shownAs: word)
      } else {
        entries.append(Self.file(try TextFile.read(path, shownAs: word), word))
      }
    }
    self.entries = entries
  }

  /// Reviews each file with what those before it have left.
  func review() throws(Failure) -> [LintedFile] {
    var history = MigrationHistory()
    var reviewed: [LintedFile] = []
    for entry in entries {
      let review: MigrationReview
      do throws(SQLTextError) {
        review = try MigrationReview(Self.upPart(of: entry), running: entry.runner, after: history)
      } catch {
        throw Failure(.usage, "\(entry.name) can not be read: \(error.message)")
      }
      history = review.history
      reviewed.append(LintedFile(name: entry.name, bytes: entry.bytes, review: review))
    }
    return reviewed
  }

  /// The file with all that is not run made blank: places stay what they are.
  private static func upPart(of entry: Entry) -> [UInt8] {
    guard entry.script != entry.bytes.indices else { return entry.bytes }
    return entry.bytes.enumerated().map { offset, byte in
      entry.script.contains(offset) || byte == 0x0A ? byte : 0x20
    }
  }

  private static func file(_ bytes: [UInt8], _ name: String) -> Entry {
    guard let up = DbmateText.up(bytes) else {
      return Entry(name: name, bytes: bytes, script: bytes.indices, runner: .oneMessage)
    }
    return Entry(
      name: name,
      bytes: bytes,
      script: up.script,
      runner: up.isOutsideTransaction ? .oneMessage : .oneTransaction
    )
  }

  // MARK: Folders

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func folder(_ path: String, shownAs word: String) throws(Failure) -> [Entry] {
    let base = word.hasSuffix("/") ? String(word.dropLast()) : word
    let found: MigrationFolder?
    do throws(MigrationRefusal) {
      found = try MigrationFolder.read(path)
    } catch {
      throw Failure(.usage, "\(word) can not be read: \(error.message)")
    }
    var entries: [Entry] = []
    for file in found?.files ?? [] {
      let name = "\(base)/\(file.path)"
      guard let bytes = file.text else { throw Failure(.usage, "\(name) can not be read") }
      entries.append(Self.file(bytes, name))
    }
    if entries.isEmpty {
      for name in try plainFiles(in: path, shownAs: word) {
        let shown = "\(base)/\(name)"
        entries.append(Self.file(try TextFile.read("\(path)/\(name)", shownAs: shown), shown))
      }
    }
    guard !entries.isEmpty else {
      throw Failure(
        .usage,
        "there is no migration in \(word)",
        advice: ["it should hold NAME/migration.sql, NAME.up.sql or NAME.sql"]
      )
    }
    return entries
  }

  /// Where the folder follows no convention, all of its SQL is meant, in the order of the bytes.
  private static func plainFiles(
    in path: String,
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
      if name.hasSuffix(".sql"), !name.hasPrefix("."), !name.hasSuffix(".down.sql") {
        names.append(name)
      }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
