internal import Diagnostics
internal import Glibc
internal import Language
internal import Providers
internal import Stack
internal import Syntax
internal import Values

/// The user's own settings, `settings.opsh` in opsh's settings folder: one record.
struct SettingsFile {
  let path: String

  /// Reads them; a file that is not there says nothing.
  ///
  /// - Throws: `usage` for a file that somebody else could have written, or may read.
  func read() throws(Failure) -> (
    settings: UserSettings, problems: [SourceProblems]
  ) {
    guard let bytes = try bytes() else { return (UserSettings(), []) }
    return Self.read(SourceText(name: path, bytes: bytes))
  }

  static func read(_ source: SourceText) -> (settings: UserSettings, problems: [SourceProblems]) {
    let parsed = Parser.parse(source, mode: .file)
    var found = parsed.diagnostics
    guard found.isEmpty else {
      return (UserSettings(), [SourceProblems(source: source, diagnostics: found)])
    }
    let (fields, problems) = Checker.settings(parsed.file)
    found = problems
    let (settings, meant) = UserSettings.read(fields, vendors: allProviders)
    found += meant.map(Diagnostic.init(of:))
    return (settings, found.isEmpty ? [] : [SourceProblems(source: source, diagnostics: found)])
  }

  private func bytes() throws(Failure) -> [UInt8]? {
    // Not kept waiting by a pipe of that name.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      guard errno != ENOENT, errno != ENOTDIR else { return nil }
      let reason = unsafe String(cString: strerror(errno)).lowercased()
      throw Failure(.usage, "the settings \(path) can not be read: \(reason)")
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(.usage, "the settings \(path) are no file")
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw Failure(.usage, "the settings \(path) belong to somebody else: they are not used")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw Failure(
        .usage,
        "others may read or write the settings \(path): they are not used",
        advice: ["look at them, then: chmod 600 \(ProgramRunner.quoted(path))"]
      )
    }
    return try TextFile.read(from: descriptor, shownAs: path)
  }
}

extension Session {
  /// The user's settings; none with `--no-config`.
  ///
  /// - Throws: `usage` where they are wrong, which is shown.
  func settings() throws(Failure) -> UserSettings {
    guard options.usesConfig else { return UserSettings() }
    let (settings, problems) = try SettingsFile(path: paths.settingsFile).read()
    guard problems.isEmpty else {
      output.problems(problems)
      throw Failure(.usage, "the settings \(paths.settingsFile) have errors; nothing was contacted")
    }
    return settings
  }
}
