/// What the text of a statement does not say and the database would.
package enum DatabaseQuestion: Hashable, Sendable {
  /// What type does the column have now?
  case columnType(QualifiedName, column: String)
  /// Is the constraint a foreign key, and to which table?
  case constraint(QualifiedName, name: String)
  /// Is there a valid CHECK that the column is not null, or is it NOT NULL already?
  case notNull(QualifiedName, column: String)
  /// Is there a valid CHECK that implies the partition's bounds, and a default partition?
  case partition(QualifiedName)
  /// Does the type exist as a domain with constraints?
  case type(QualifiedName)
  /// Is the function volatile?
  case function(QualifiedName)
  /// What depends on it, and what does it depend on?
  case dependents(QualifiedName)
  /// Which table is the index on?
  case index(QualifiedName)
  /// Is it in that state already?
  case storage(QualifiedName)
  /// Does it exist?
  case existence(QualifiedName)
  /// Which tables use the domain?
  case domainUse(QualifiedName)
  /// What is in the schema?
  case schema(String)

  package var words: String {
    switch self {
    case .columnType(let table, let column): "which type \(table).\(column) has now"
    case .constraint(let table, let name): "what the constraint \(name) of \(table) is"
    case .notNull(let table, let column):
      "whether a valid CHECK says that \(table).\(column) is not null"
    case .partition(let table): "which partitions and checks \(table) has"
    case .type(let name): "whether the type \(name) is a domain with constraints"
    case .function(let name): "whether \(name)() is volatile"
    case .dependents(let name): "what depends on \(name)"
    case .index(let name): "which table the index \(name) is on"
    case .storage(let table): "how \(table) is stored now"
    case .existence(let name): "whether \(name) exists"
    case .domainUse(let name): "which tables use the domain \(name)"
    case .schema(let name): "what is in the schema \(name)"
    }
  }
}
