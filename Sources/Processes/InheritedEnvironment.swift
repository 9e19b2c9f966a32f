private import Glibc

/// What every child inherits: where things are, which language to speak, which terminal it is.
///
/// Nothing else is passed on, so that a secret in opsh's own environment reaches only the programs
/// that it was given to.
package enum InheritedEnvironment {
  static let names = [
    "HOME", "LANG", "LANGUAGE", "LC_ADDRESS", "LC_ALL", "LC_COLLATE", "LC_CTYPE",
    "LC_IDENTIFICATION", "LC_MEASUREMENT", "LC_MESSAGES", "LC_MONETARY", "LC_NAME", "LC_NUMERIC",
    "LC_PAPER", "LC_TELEPHONE", "LC_TIME", "PATH", "TERM", "TMPDIR",
  ]

  /// The present values.
  package static func current() -> [String: String] {
    var values: [String: String] = [:]
    for name in names {
      guard let value = unsafe getenv(name) else { continue }
      values[name] = unsafe String(cString: value)
    }
    return values
  }
}

extension Invocation {
  /// Everything that the child's environment holds.
  package func wholeEnvironment() -> [String: String] {
    var values = InheritedEnvironment.current()
    if let runAs { values["HOME"] = runAs.home }
    return values.merging(environment) { $1 }
  }
}
