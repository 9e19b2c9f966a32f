internal import Diagnostics
internal import Language
internal import Runbooks
internal import Sinks
internal import Syntax
internal import Terminal
internal import Values

/// The prompt: a run whose steps are its lines.
struct Prompt {
  let session: Session

  init(_ session: Session) {
    self.session = session
  }

  func run() throws(Failure) {
    throw Failure(.usage, "the prompt needs a terminal")
  }
}
