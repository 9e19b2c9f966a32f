/// How bad a finding is.
package enum LintSeverity: String, Hashable, Sendable, CaseIterable, Comparable {
  /// Worth knowing; nothing breaks.
  case note
  /// May block, break or lose something, which the text alone does not decide.
  case warning
  /// Blocks for as long as the table is large, breaks what runs now, loses data, or fails.
  case error

  private var rank: Int {
    switch self {
    case .note: 0
    case .warning: 1
    case .error: 2
    }
  }

  package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// What the review of a migration looks for.
package enum LintRule: String, Hashable, Sendable, CaseIterable {
  case addColumnJSON = "add-column-json"
  case allRows = "all-rows"
  case alterSystem = "alter-system"
  case attachPartition = "attach-partition"
  case backfillUnderLock = "backfill-under-lock"
  case changeType = "change-type"
  case checkScan = "check-scan"
  case concurrentIfNotExists = "concurrent-if-not-exists"
  case createPartition = "create-partition"
  case detachPartition = "detach-partition"
  case disableRowSecurity = "disable-row-security"
  case disableTrigger = "disable-trigger"
  case domainConstraint = "domain-constraint"
  case dropCascade = "drop-cascade"
  case dropColumn = "drop-column"
  case dropDatabase = "drop-database"
  case dropForeignKey = "drop-foreign-key"
  case dropIndex = "drop-index"
  case dropNotNull = "drop-not-null"
  case dropsNothing = "drops-nothing"
  case dropSchema = "drop-schema"
  case dropTable = "drop-table"
  case dropView = "drop-view"
  case enableRowSecurity = "enable-row-security"
  case enumValueInUse = "enum-value-in-use"
  case exclusionConstraint = "exclusion-constraint"
  case foreignKeyLock = "foreign-key-lock"
  case foreignKeyScan = "foreign-key-scan"
  case foreignKeyUnindexed = "foreign-key-unindexed"
  case grantPublic = "grant-public"
  case indexBuild = "index-build"
  case integerKey = "integer-key"
  case invalidIndex = "invalid-index"
  case locksHeldTogether = "locks-held-together"
  case lockTable = "lock-table"
  case longName = "long-name"
  case noLockTimeout = "no-lock-timeout"
  case notInTransaction = "not-in-transaction"
  case notReadable = "not-readable"
  case opaqueCode = "opaque-code"
  case passwordInText = "password-in-text"
  case refreshView = "refresh-view"
  case reindex = "reindex"
  case renameColumn = "rename-column"
  case renameEnumValue = "rename-enum-value"
  case renameSchema = "rename-schema"
  case renameTable = "rename-table"
  case requiredColumn = "required-column"
  case rewriteDefault = "rewrite-default"
  case rewriteDomain = "rewrite-domain"
  case rewriteGenerated = "rewrite-generated"
  case rewriteSerial = "rewrite-serial"
  case rewriteStorage = "rewrite-storage"
  case sequenceValue = "sequence-value"
  case setLocalOutside = "set-local-outside"
  case setNotNull = "set-not-null"
  case terminatesSessions = "terminates-sessions"
  case transactionControl = "transaction-control"
  case truncate = "truncate"
  case uniqueConstraint = "unique-constraint"
  case unusedIgnore = "unused-ignore"
  case validateTogether = "validate-together"
  case viewBlocksType = "view-blocks-type"
}
