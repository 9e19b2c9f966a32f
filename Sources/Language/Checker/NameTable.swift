import Diagnostics

/// What a name stands for in the text that is checked.
struct Binding {
  enum Kind {
    case letName, parameter, loop, caught
    /// Bound by an earlier line of the prompt; a new `let` may take its place.
    case earlierLine
  }

  var type: StaticType
  var span: SourceSpan
  var kind: Kind
  var isUsed = false
}

/// The names that can be seen, and those that could be seen a moment ago.
///
/// One flat table, since no name hides another; a stack of blocks says what goes when.
struct NameTable {
  /// Why a name can not be seen any more.
  enum End {
    case block
    case step(String)
    case parallel
  }

  private(set) var bindings: [String: Binding] = [:]
  private(set) var gone: [String: (span: SourceSpan, end: End)] = [:]
  private var blocks: [[String]] = [[]]

  mutating func open() {
    blocks.append([])
  }

  /// Ends the innermost block and gives the `let`s that nobody used.
  mutating func close(_ end: End = .block) -> [(name: String, span: SourceSpan)] {
    let names = blocks.popLast() ?? []
    let unused = unused(of: names)
    for name in names {
      if let binding = bindings.removeValue(forKey: name) { gone[name] = (binding.span, end) }
    }
    return unused
  }

  /// Ends the innermost block, but leaves its names to the block around it.
  mutating func keepOpenNames() {
    guard blocks.count > 1, let names = blocks.popLast() else { return }
    blocks[blocks.count - 1] += names
  }

  /// Gives the `let`s of the outermost block that nobody used.
  func unusedAtTop() -> [(name: String, span: SourceSpan)] {
    unused(of: blocks.first ?? [])
  }

  private func unused(of names: [String]) -> [(name: String, span: SourceSpan)] {
    names.compactMap { name in
      guard let binding = bindings[name], binding.kind == .letName, !binding.isUsed else {
        return nil
      }
      return (name, binding.span)
    }
  }

  mutating func declare(_ name: String, _ binding: Binding) {
    if bindings.updateValue(binding, forKey: name) == nil {
      blocks[blocks.count - 1].append(name)
    }
    gone[name] = nil
  }

  mutating func use(_ name: String) -> StaticType? {
    guard let position = bindings.index(forKey: name) else { return nil }
    bindings.values[position].isUsed = true
    return bindings.values[position].type
  }

  /// The parameters alone, as `on failure` and `finally` see them; the rest is gone.
  var parametersOnly: NameTable {
    var table = NameTable()
    table.gone = gone
    for (name, binding) in bindings {
      if binding.kind == .parameter {
        table.declare(name, binding)
      } else {
        table.gone[name] = (binding.span, .step(""))
      }
    }
    return table
  }
}
