internal import Glibc

/// Where opsh keeps what is its own (`$XDG_CONFIG_HOME` and its like, or their usual places).
package struct Paths: Sendable {
  package let settings: String
  package let state: String
  package let home: String
  package let working: String

  package init(environment: [String: String], working: String) {
    let home = environment["HOME"] ?? "/"
    func folder(_ name: String, _ usual: String) -> String {
      // Relative ones are to be ignored (XDG Base Directory Specification).
      let given = environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
      return (given ?? home + "/" + usual) + "/opsh"
    }
    self.home = home
    self.working = working
    settings = folder("XDG_CONFIG_HOME", ".config")
    state = folder("XDG_STATE_HOME", ".local/state")
  }

  package var trusted: String { settings + "/trusted" }
  package var settingsFile: String { settings + "/settings.opsh" }
  package var runs: String { state + "/runs" }
  package var incidents: String { state + "/incidents" }
  package var approvals: String { state + "/approvals" }
  package var locks: String { state + "/locks" }
  package var history: String { state + "/history" }

  /// Puts the working directory before a relative path.
  package func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : working + "/" + path
  }

  /// A runbook in the `runbooks` folder beside a stack file, as its path is typed here; nothing where
  /// there is none.
  package func runbook(_ name: String, of folder: String) -> String? {
    let path = "runbooks/\(name).opsh"
    guard TextFile.exists(folder + "/" + path) else { return nil }
    return absolute(folder) == working ? path : folder + "/" + path
  }

  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  package static func current() -> String {
    guard let name = unsafe getcwd(nil, 0) else { return "." }
    defer { unsafe free(name) }
    return unsafe String(cString: name)
  }
}
