package import Objects
package import Values

/// What opsh keeps of its own runs in a database that it changes.
package protocol RunBookkeeping: Sendable {
  /// Makes everything with an older epoch be turned away from now on.
  ///
  /// Waits a moment for what is being committed, then ends the sessions of the run that loses the
  /// environment.
  func raiseFence(
    _ fence: Fence,
    endingSessionsOf run: String?,
    in context: CallContext
  ) throws(Failure) -> RaisedFence
  /// Puts a journal's head beside the marks of its run.
  func keepHead(_ head: String, of run: String, in context: CallContext) throws(Failure)
  /// The heads that stand beside the marks of a run.
  func heads(of run: String, in context: CallContext) throws(Failure) -> [String]
}

package enum RaisedFence: Hashable, Sendable {
  /// It is this high now.
  case raised(Int64)
  /// The role may not keep one there.
  case impossible
}

extension DatabaseService {
  package var bookkeeping: (any RunBookkeeping)? { nil }
}
