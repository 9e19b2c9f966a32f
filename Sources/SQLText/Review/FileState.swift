/// What the statements before have done, as far as the next ones depend on it.
struct FileState {
  /// Relations made in this file: nobody else uses them yet.
  var created = RelationNames()
  /// Indexes made in this file.
  var createdIndexes = RelationNames()
  /// Types made in this file; true where it is a domain with constraints.
  var createdTypes: [String: Bool] = [:]
  var constraints: [ConstraintState] = []
  /// Relations that the file has dropped.
  var dropped: [QualifiedName] = []
  /// The columns of each index that the file makes, for the foreign keys that need one.
  var indexedColumns: [String: [(table: QualifiedName, columns: [String])]] = [:]
  /// Grows with each COMMIT; statements of one number hold their locks together.
  var group = 0
  /// Whether a BEGIN of the text itself is open.
  var hasBegun = false
  /// The locks of the transaction at hand, each where it was taken first.
  var held: [HeldLock] = []
  private var heldNames: Set<PredictedLock> = []
  /// Whether it was told already that they are held for long.
  var hasToldHeld = false
  var lockTimeout = TimeoutState()
  var hasUTC: Bool?
  var enumValues: [AddedEnumValue] = []

  mutating func hold(_ lock: PredictedLock, by statement: Int) {
    guard lock.mode.blocksWrites, heldNames.insert(lock).inserted else { return }
    held.append(HeldLock(table: lock.table, mode: lock.mode, statement: statement))
  }

  mutating func endTransaction() {
    group += 1
    held = []
    heldNames = []
    hasToldHeld = false
  }

  struct ConstraintState {
    var table: QualifiedName
    var name: String?
    var kind: String
    var isValid: Bool
    /// The columns that it says are not null.
    var notNullColumns: [String]
    var referenced: QualifiedName?
    /// The transaction that added it.
    var group: Int
  }

  struct HeldLock {
    var table: QualifiedName
    var mode: LockMode
    var statement: Int
  }

  struct AddedEnumValue {
    var value: String
    var type: QualifiedName
    var group: Int
  }

  struct TimeoutState {
    var session = false
    var localGroup: Int?

    func isSet(in group: Int) -> Bool { session || localGroup == group }
  }
}

/// Names of relations, of which those without a schema may mean any.
struct RelationNames {
  private var schemas: [String: [String?]] = [:]

  mutating func insert(_ name: QualifiedName) {
    schemas[name.name, default: []].append(name.schema)
  }

  mutating func remove(_ name: QualifiedName) {
    schemas[name.name]?.removeAll { Self.matches($0, name.schema) }
  }

  func contains(_ name: QualifiedName) -> Bool {
    schemas[name.name]?.contains { Self.matches($0, name.schema) } ?? false
  }

  private static func matches(_ left: String?, _ right: String?) -> Bool {
    left == nil || right == nil || left == right
  }
}

extension QualifiedName {
  /// Whether both can be the same relation: a name without a schema may be in any.
  func mayBe(_ other: QualifiedName) -> Bool {
    name == other.name && (schema == nil || other.schema == nil || schema == other.schema)
  }
}
