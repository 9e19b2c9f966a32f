/// What a database says about the relations that a migration names; values only, no connection.
///
/// A caller with a connection runs ``query`` and gives its rows to ``init(rows:)``; a test writes
/// the values.
package struct DatabaseFacts: Sendable {
  /// Whether the session that will run the migration has a time zone without any offset.
  package var hasUTC = false
  package var searchPath = ["public"]
  /// Volatility (`i`, `s` or `v`) of functions outside of `pg_catalog`; the strongest of a name.
  package var volatilities: [String: String] = [:]
  /// Types that are no server's own.
  package var types: [TypeFacts] = []
  /// The names of schemas.
  package var schemas: Set<String> = []
  private var byName: [String: [RelationFacts]] = [:]

  package init(_ relations: [RelationFacts] = []) {
    for relation in relations { byName[relation.name.name, default: []].append(relation) }
  }

  package var relations: [RelationFacts] { byName.values.flatMap { $0 } }

  /// The relation that a name means, by the search path where the name has no schema.
  package subscript(name: QualifiedName) -> RelationFacts? {
    let found = byName[name.name] ?? []
    if let schema = name.schema { return found.first { $0.name.schema == schema } }
    for schema in searchPath {
      if let relation = found.first(where: { $0.name.schema == schema }) { return relation }
    }
    return nil
  }

  package func type(_ name: QualifiedName) -> TypeFacts? {
    types.first {
      $0.name.name == name.name && (name.schema == nil || $0.name.schema == name.schema)
    }
  }
}

/// A table, view, index or sequence.
package struct RelationFacts: Sendable {
  /// As `pg_class.relkind` has it.
  package enum Kind: String, Sendable {
    case table = "r"
    case partitionedTable = "p"
    case index = "i"
    case partitionedIndex = "I"
    case view = "v"
    case materializedView = "m"
    case sequence = "S"
    case foreignTable = "f"
    case compositeType = "c"
  }

  package var name: QualifiedName
  package var kind: Kind
  /// The planner's estimate; nil where the table was never analysed.
  package var rows: Int?
  package var bytes: Int
  package var isLogged = true
  package var tablespace = ""
  package var columns: [ColumnFacts] = []
  package var constraints: [ConstraintFacts] = []
  package var indexes: [IndexFacts] = []
  /// Of an index: its table.
  package var table: QualifiedName?
  /// Partitions and inheriting tables, those of these included.
  package var children: [QualifiedName] = []
  package var defaultPartition: QualifiedName?
  /// The views and materialized views over it, those over these included.
  package var views: [ViewFacts] = []
  /// Of a view: every relation that it reads, through other views too.
  package var reads: [QualifiedName] = []
  /// Tables whose foreign keys point to it.
  package var referencedBy: [QualifiedName] = []

  package init(_ name: QualifiedName, _ kind: Kind = .table, rows: Int? = nil, bytes: Int = 0) {
    self.name = name
    self.kind = kind
    self.rows = rows
    self.bytes = bytes
  }

  package func column(_ name: String) -> ColumnFacts? { columns.first { $0.name == name } }

  /// The tables that its foreign keys point to.
  package var references: [QualifiedName] { constraints.compactMap(\.referenced) }
}

package struct ColumnFacts: Sendable {
  package var name: String
  /// As `format_type` gives it, such as `character varying(20)`.
  package var type: String
  package var isNotNull: Bool

  package init(_ name: String, _ type: String, isNotNull: Bool = false) {
    self.name = name
    self.type = type
    self.isNotNull = isNotNull
  }
}

package struct ConstraintFacts: Sendable {
  package var name: String
  /// As `pg_constraint.contype` has it: c, f, p, u, x.
  package var kind: String
  package var isValid: Bool
  /// As `pg_get_constraintdef` gives it.
  package var definition: String
  package var columns: [String]
  /// Of a foreign key: where it points.
  package var referenced: QualifiedName?

  package init(
    _ name: String,
    kind: String,
    isValid: Bool = true,
    definition: String = "",
    columns: [String] = [],
    referenced: QualifiedName? = nil
  ) {
    self.name = name
    self.kind = kind
    self.isValid = isValid
    self.definition = definition
    self.columns = columns
    self.referenced = referenced
  }
}

package struct IndexFacts: Sendable {
  package var name: QualifiedName
  package var isValid: Bool
  package var columns: [String]

  package init(_ name: QualifiedName, isValid: Bool = true, columns: [String] = []) {
    self.name = name
    self.isValid = isValid
    self.columns = columns
  }
}

package struct ViewFacts: Hashable, Sendable {
  package var name: QualifiedName
  /// The columns that it uses of the relation itself.
  package var columns: [String]

  package init(_ name: QualifiedName, columns: [String] = []) {
    self.name = name
    self.columns = columns
  }
}

/// An enum, a domain or a composite type.
package struct TypeFacts: Sendable {
  package var name: QualifiedName
  /// Of a domain: what it is made of, as `format_type` gives it.
  package var base: String?
  /// A domain with a CHECK or NOT NULL.
  package var isConstrained: Bool
  /// The tables with a column of it.
  package var tables: [QualifiedName]

  package init(
    _ name: QualifiedName,
    base: String? = nil,
    isConstrained: Bool = false,
    tables: [QualifiedName] = []
  ) {
    self.name = name
    self.base = base
    self.isConstrained = isConstrained
    self.tables = tables
  }
}
