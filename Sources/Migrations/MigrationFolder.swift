private import Glibc

/// A folder of migrations, as it is on the disk now.
package struct MigrationFolder: Sendable {
  package let path: String
  /// Nothing for a folder without any migration.
  package let convention: MigrationConvention?
  /// In the order in which they are applied.
  package let files: [MigrationFile]
  /// What `migration_lock.toml` says; nothing without that file.
  package let provider: String?

  package init(
    path: String,
    convention: MigrationConvention?,
    files: [MigrationFile],
    provider: String? = nil
  ) {
    self.path = path
    self.convention = convention
    self.files = files
    self.provider = provider
  }

  /// Reads what is there; nothing if there is no such folder.
  ///
  /// - Throws: a refusal if it follows two conventions at once.
  package static func read(_ path: String) throws(MigrationRefusal) -> MigrationFolder? {
    guard let entries = Directory.entries(of: path) else { return nil }
    let lock = Directory.bytes(of: "\(path)/migration_lock.toml")
    let prisma = prismaFiles(entries.folders, in: path)
    let single = try singleFiles(entries.files, in: path)
    let isPrisma = lock != nil || prisma.contains { $0.text != nil }
    if isPrisma, let other = single.convention {
      throw .severalConventions(path: path, [.prisma, other])
    }
    guard isPrisma || single.convention != nil else {
      return MigrationFolder(path: path, convention: nil, files: [])
    }
    return MigrationFolder(
      path: path,
      convention: isPrisma ? .prisma : single.convention,
      files: isPrisma ? prisma : single.files,
      provider: lock.flatMap(provider)
    )
  }

  package func file(named name: String) -> MigrationFile? { files.first { $0.name == name } }

  // MARK: - Prisma

  private static func prismaFiles(_ names: [String], in path: String) -> [MigrationFile] {
    names.sorted(by: MigrationNames.isBefore).map { name in
      MigrationFile(
        name: name,
        version: name,
        path: "\(name)/migration.sql",
        text: Directory.bytes(of: "\(path)/\(name)/migration.sql")
      )
    }
  }

  /// Prisma's own reading: the first line that begins with the word.
  static func provider(_ lock: [UInt8]) -> String? {
    let lines = String(decoding: lock, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard let line = lines.first(where: { $0.hasPrefix("provider") }) else { return nil }
    return String(line.dropFirst("provider".count).filter { !" =\"'".contains($0) })
  }

  // MARK: - A file for each

  private static func singleFiles(
    _ names: [String],
    in path: String
  ) throws(MigrationRefusal) -> (convention: MigrationConvention?, files: [MigrationFile]) {
    let ours = names.filter { $0.hasSuffix(".sql") && $0.first?.isASCIIDigit == true }
    let golang = ours.filter { $0.hasSuffix(".up.sql") }
    let plain = ours.filter { !$0.hasSuffix(".up.sql") && !$0.hasSuffix(".down.sql") }
    let dbmate = plain.sorted(by: MigrationNames.isBefore).compactMap { dbmateFile($0, in: path) }
    guard golang.isEmpty || dbmate.isEmpty else {
      throw .severalConventions(path: path, [.dbmate, .golangMigrate])
    }
    if !golang.isEmpty { return (.golangMigrate, try golangFiles(golang, in: path)) }
    return (dbmate.isEmpty ? nil : .dbmate, dbmate)
  }

  /// A file without `-- migrate:up` is none of dbmate's.
  private static func dbmateFile(_ name: String, in path: String) -> MigrationFile? {
    var file = MigrationFile(
      name: String(name.dropLast(".sql".count)),
      version: String(name.prefix { $0.isASCIIDigit }),
      path: name,
      text: Directory.bytes(of: "\(path)/\(name)")
    )
    guard let text = file.text else { return file }
    guard let up = DbmateText.up(text) else { return nil }
    file.script = up.script
    file.isOutsideTransaction = up.isOutsideTransaction
    return file
  }

  private static func golangFiles(
    _ names: [String],
    in path: String
  ) throws(MigrationRefusal) -> [MigrationFile] {
    var byVersion: [Int64: MigrationFile] = [:]
    for name in names {
      let digits = name.prefix { $0.isASCIIDigit }
      guard let version = Int64(digits), name.dropFirst(digits.count).first == "_" else { continue }
      let file = MigrationFile(
        name: String(name.dropLast(".up.sql".count)),
        version: String(version),
        path: name,
        text: Directory.bytes(of: "\(path)/\(name)")
      )
      if let other = byVersion.updateValue(file, forKey: version) {
        throw .sameVersion(other.path, name)
      }
    }
    return byVersion.sorted { $0.key < $1.key }.map(\.value)
  }
}

extension Character {
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

/// Reading the disk.
enum Directory {
  static func entries(of path: String) -> (folders: [String], files: [String])? {
    guard let stream = unsafe opendir(path) else { return nil }
    defer { unsafe closedir(stream) }
    var folders: [String] = []
    var files: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          unsafe String(cString: name)
        }
      }
      guard !name.hasPrefix(".") else { continue }
      switch kind(of: "\(path)/\(name)") {
      case S_IFDIR: folders.append(name)
      case S_IFREG: files.append(name)
      default: break
      }
    }
    return (folders, files)
  }

  private static func kind(of path: String) -> mode_t {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_mode & S_IFMT : 0
  }

  static func bytes(of path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = unsafe read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }
}
