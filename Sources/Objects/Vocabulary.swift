package import Values

/// The kinds that a session knows, and the names that stand for objects from the start.
package struct Vocabulary: Sendable {
  package let kinds: [String: ObjectKind]

  package init(_ kinds: [ObjectKind]) {
    self.kinds = Dictionary(kinds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  package func kind(_ name: String) -> ObjectKind? { kinds[name] }

  /// The type that a name in a `param`, `func` or declaration means; nothing if there is none.
  package func type(named name: String) -> ValueType? {
    ValueType.named[name] ?? (kinds[name] != nil ? .object(name) : nil)
  }
}
