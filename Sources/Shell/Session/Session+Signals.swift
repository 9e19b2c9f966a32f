internal import Terminal
internal import Values

extension Session {
  /// Turns Ctrl-C, and the wish that the process ends, into a cancellation while something runs.
  func watchSignals() throws(Failure) -> SignalWatch {
    do throws(TerminalError) {
      return try SignalWatch { [cancellation] event in
        switch event {
        case .interrupt: cancellation.cancel(.interrupted)
        case .terminate, .hangUp: cancellation.cancel(.terminated)
        case .resize: return
        }
      }
    } catch {
      throw Failure(.failed, error.message)
    }
  }
}
