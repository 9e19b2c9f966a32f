package import Diagnostics

/// What is wrong in one source text, in order of place.
package struct SourceProblems: Sendable {
  package var source: SourceText
  package var diagnostics: [Diagnostic]

  package init(source: SourceText, diagnostics: [Diagnostic]) {
    self.source = source
    self.diagnostics = diagnostics
  }

  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

extension [SourceProblems] {
  package var hasErrors: Bool { contains { $0.hasErrors } }

  /// Adds findings to those of the same source, in order of place.
  package mutating func add(_ diagnostics: [Diagnostic], in source: SourceText) {
    guard !diagnostics.isEmpty else { return }
    let position = firstIndex { $0.source === source } ?? endIndex
    if position == endIndex { append(SourceProblems(source: source, diagnostics: [])) }
    self[position].diagnostics += diagnostics
    let ordered = self[position].diagnostics.enumerated().sorted {
      ($0.element.span.start, $0.offset) < ($1.element.span.start, $1.offset)
    }
    self[position].diagnostics = ordered.map(\.element)
  }

  /// Gives all of these and those, one entry per source.
  package func joined(with others: [SourceProblems]) -> [SourceProblems] {
    var all = self
    for other in others { all.add(other.diagnostics, in: other.source) }
    return all
  }
}
