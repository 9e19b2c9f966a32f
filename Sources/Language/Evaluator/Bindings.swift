package import Values

/// The names that are bound, in the order in which they were first bound.
///
/// At the prompt they persist from line to line; a runbook gives those of its steps for `undo`.
package struct Bindings: Sendable {
  package private(set) var values: [(name: String, value: Value)] = []

  package init(_ values: [(name: String, value: Value)] = []) {
    for (name, value) in values { self[name] = value }
  }

  package subscript(_ name: String) -> Value? {
    get { values.first { $0.name == name }?.value }
    set {
      let index = values.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): values[index].value = value
      case (let index?, nil): values.remove(at: index)
      case (nil, let value?): values.append((name, value))
      case (nil, nil): return
      }
    }
  }

  package var names: [String] { values.map(\.name) }

  /// What the checker takes the names for.
  package var types: [String: ValueType] {
    Dictionary(values.map { ($0.name, $0.value.type) }, uniquingKeysWith: { _, last in last })
  }
}
