/// Why the sandbox could not do what it was told.
package enum SandboxError: Error, Equatable {
  case file(path: String, reason: String)
  case alreadyUp(name: String)
  case notUp(name: String)
  case port(reason: String)
  case start(reason: String)
  case control(reason: String)

  package var message: String {
    switch self {
    case .file(let path, let reason): "\(path): \(reason)"
    case .alreadyUp(let name):
      "sandbox '\(name)' is up; end it with 'opsh sandbox down'\(Self.option(name)),"
        + " or bring up another one with '--name'"
    case .notUp(let name):
      "sandbox '\(name)' is not up; 'opsh sandbox up'\(Self.option(name)) starts it"
    case .port(let reason): "no loopback port can be opened: \(reason)"
    case .start(let reason): "the sandbox did not come up: \(reason)"
    case .control(let reason): "the sandbox does not answer: \(reason)"
    }
  }

  private static func option(_ name: String) -> String {
    name == SandboxPaths.standardName ? "" : " with '--name \(name)'"
  }
}
