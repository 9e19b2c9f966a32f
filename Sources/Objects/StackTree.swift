package import Values

/// What a stack file says, as a tree of values; the language makes it, `Stack` gives it its meaning.
package struct StackTree: Sendable {
  package var title: String
  package var entries: [Entry]
  /// Where the file is; relative paths in it start in its folder.
  package var path: String

  package init(title: String, entries: [Entry], path: String) {
    self.title = title
    self.entries = entries
    self.path = path
  }

  package indirect enum Entry: Sendable {
    case value(name: String, Node, place: Range<Int>)
    case block(kind: String, label: String, [Entry], place: Range<Int>)
  }

  /// One value of the declarative subset; `place` is in UTF-8 offsets of the file.
  package indirect enum Node: Sendable {
    case literal(Value, place: Range<Int>)
    /// `vercel(project: …)`, `secret("NAME")`, `variable("NAME")`.
    case call(name: String, [Argument], place: Range<Int>)
    case list([Node], place: Range<Int>)
    /// Each field's `place` is that of its name.
    case record([Argument], place: Range<Int>)
  }

  package struct Argument: Sendable {
    package var label: String?
    package var node: Node
    package var place: Range<Int>

    package init(label: String?, node: Node, place: Range<Int>) {
      self.label = label
      self.node = node
      self.place = place
    }
  }
}

extension StackTree.Node {
  package var place: Range<Int> {
    switch self {
    case .literal(_, let place), .call(_, _, let place), .list(_, let place),
      .record(_, let place):
      place
    }
  }
}
