/// What is wrong in a source text, where, and how to mend it.
///
/// Wording: lower case, no full stop, what is true and then what is needed; the user's own text in
/// single quotes. Each stage has its own catalogue of factories (`extension Diagnostic`).
package struct Diagnostic: Hashable, Sendable {
  package enum Severity: String, Sendable {
    case error, warning
  }

  package var severity: Severity
  package var message: String
  package var span: SourceSpan
  package var notes: [Note]
  package var fixIts: [FixIt]
  /// Says that more input could make this right, so that a prompt asks for a further line.
  package var isIncomplete: Bool

  package init(
    _ message: String,
    at span: SourceSpan,
    severity: Severity = .error,
    notes: [Note] = [],
    fixIts: [FixIt] = [],
    isIncomplete: Bool = false
  ) {
    self.severity = severity
    self.message = message
    self.span = span
    self.notes = notes
    self.fixIts = fixIts
    self.isIncomplete = isIncomplete
  }
}

/// The other half of a diagnostic: a second place that explains the first.
package struct Note: Hashable, Sendable {
  package var message: String
  package var span: SourceSpan

  package init(_ message: String, at span: SourceSpan) {
    self.message = message
    self.span = span
  }
}

/// An edit that mends what a diagnostic found.
package struct FixIt: Hashable, Sendable {
  /// What is shown behind the caret line, such as `did you mean 'state'?`.
  package var message: String
  package var span: SourceSpan
  package var replacement: String

  package init(_ message: String, at span: SourceSpan, replacement: String) {
    self.message = message
    self.span = span
    self.replacement = replacement
  }
}
