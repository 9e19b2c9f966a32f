private import Glibc

/// Finds the file that a program's name stands for.
enum ProgramSearch {
  /// The absolute path of a program: looked up in PATH unless it holds a slash.
  static func find(
    _ program: String,
    path: String,
    directory: String?
  ) throws(ProcessError) -> String {
    guard !program.isEmpty else { throw .programNotFound("", path: path) }
    if program.utf8.contains(UInt8(ascii: "/")) {
      let whole = program.hasPrefix("/") ? program : "\(directory ?? currentDirectory())/\(program)"
      guard isProgram(whole) else { throw .notExecutable(path: whole) }
      return whole
    }
    // An empty or relative entry would mean "wherever the caller happens to be".
    for folder in path.split(separator: ":") where folder.hasPrefix("/") {
      let candidate = "\(folder)/\(program)"
      if isProgram(candidate) { return candidate }
    }
    throw .programNotFound(program, path: path)
  }

  private static func isProgram(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return unsafe access(path, X_OK) == 0
  }

  private static func currentDirectory() -> String {
    guard let text = unsafe getcwd(nil, 0) else { return "" }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }
}
