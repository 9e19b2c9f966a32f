package import Diagnostics
package import Values

/// A failure, where it happened, and through which calls evaluation came there.
package struct PlacedFailure: Error, Sendable {
  package var failure: Failure
  package var place: Place?
  /// The calls around the place, the innermost first.
  package var trace: [Place]
  /// Set until a statement, which knows its source, makes a place of it.
  var span: SourceSpan?
  /// In a walk: what was needed and is not known yet; no failure at all, and never seen outside.
  var pending: Pending?

  package init(_ failure: Failure, at place: Place? = nil, trace: [Place] = []) {
    self.failure = failure
    self.place = place
    self.trace = trace
  }

  init(_ failure: Failure, span: SourceSpan) {
    self.init(failure)
    self.span = span
  }

  init(_ error: EvaluationError, span: SourceSpan) {
    self.init(error.failure, span: span)
  }

  init(pending: Pending) {
    self.init(Failure(.value, "needs ‹\(pending.place)›, which is not known yet"))
    self.pending = pending
  }

  /// Gives the diagnostic that people are shown, with the source it is rendered in.
  package var diagnostic: (diagnostic: Diagnostic, source: SourceText)? {
    guard let place else { return nil }
    let notes = trace.filter { $0.source === place.source }.map {
      Note("called from here", at: $0.span)
    }
    return (Diagnostic(failure.message, at: place.span, notes: notes), place.source)
  }
}
