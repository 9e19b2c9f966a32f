extension LintRule {
  /// What it finds, in a line.
  package var summary: String {
    switch self {
    case .addColumnJSON: "a json column has no equality, which breaks DISTINCT and GROUP BY"
    case .allRows: "an UPDATE or DELETE reaches every row"
    case .alterSystem: "ALTER SYSTEM changes the whole server"
    case .attachPartition: "attaching scans the new partition under a lock"
    case .backfillUnderLock:
      "rows are changed while a lock of the same transaction blocks the table"
    case .changeType: "a new column type rewrites the table, or may"
    case .checkScan: "a CHECK is verified by a scan under ACCESS EXCLUSIVE"
    case .concurrentIfNotExists: "IF NOT EXISTS takes an invalid index for a finished one"
    case .createPartition: "PARTITION OF locks the parent with ACCESS EXCLUSIVE"
    case .detachPartition: "detaching blocks the whole partitioned table"
    case .disableRowSecurity: "row security is switched off"
    case .disableTrigger: "triggers, foreign keys among them, are switched off"
    case .domainConstraint: "a domain's constraint scans every table that uses the domain"
    case .dropCascade: "CASCADE drops what is not named"
    case .dropColumn: "a dropped column is gone, and running code still selects it"
    case .dropDatabase: "a whole database is dropped"
    case .dropForeignKey: "dropping a foreign key locks both tables with ACCESS EXCLUSIVE"
    case .dropIndex: "DROP INDEX blocks reads and writes of the table"
    case .dropNotNull: "running code may not expect NULL"
    case .dropsNothing: "IF EXISTS names what does not exist"
    case .dropSchema: "a schema is dropped"
    case .dropTable: "a dropped table is gone, and so are its rows"
    case .dropView: "running code may still select from a dropped view"
    case .enableRowSecurity: "row security without a policy hides every row"
    case .enumValueInUse: "a new enum value can not be used in the transaction that adds it"
    case .exclusionConstraint: "an exclusion constraint builds its index under ACCESS EXCLUSIVE"
    case .foreignKeyLock: "a foreign key locks the table it points to"
    case .foreignKeyScan: "a foreign key is verified by a scan while both tables take no writes"
    case .foreignKeyUnindexed: "deletes of the referenced rows scan a table without an index"
    case .grantPublic: "a right is given to everybody"
    case .indexBuild: "CREATE INDEX blocks writes while it builds"
    case .integerKey: "a 32-bit key ends at 2147483647"
    case .invalidIndex: "an index that a failed CREATE INDEX CONCURRENTLY left is invalid"
    case .locksHeldTogether: "a lock is held while other tables are read or rewritten"
    case .lockTable: "LOCK TABLE holds its lock to the end of the transaction"
    case .longName: "a name of more than 63 bytes is cut off"
    case .noLockTimeout: "without a lock_timeout, all queries queue behind a waiting change"
    case .notInTransaction: "the statement can not run inside a transaction block"
    case .notReadable: "the text can not be read, so nothing is known of it"
    case .opaqueCode: "what the code does can not be read from the text"
    case .passwordInText: "a password in a statement reaches logs and pg_stat_activity"
    case .refreshView: "REFRESH blocks the readers of a materialized view"
    case .reindex: "REINDEX blocks writes, and reads that would use the index"
    case .renameColumn: "running code still uses a column's old name"
    case .renameEnumValue: "running code still uses an enum value's old name"
    case .renameSchema: "running code still uses a schema's old name"
    case .renameTable: "running code still uses a table's old name"
    case .requiredColumn: "NOT NULL without a default fails where there are rows"
    case .rewriteDefault: "a default that differs for each row rewrites the table"
    case .rewriteDomain: "a column of a constrained domain rewrites the table"
    case .rewriteGenerated: "a stored generated column rewrites the table"
    case .rewriteSerial: "a serial or identity column rewrites the table"
    case .rewriteStorage: "the table is written anew under ACCESS EXCLUSIVE"
    case .sequenceValue: "setval may go back to numbers that are in use"
    case .setLocalOutside: "SET LOCAL has no effect outside of a transaction"
    case .setNotNull: "SET NOT NULL scans the table under ACCESS EXCLUSIVE"
    case .terminatesSessions: "sessions of others are ended"
    case .transactionControl: "a transaction is left open, begun twice or ended early"
    case .truncate: "TRUNCATE takes all rows at once"
    case .uniqueConstraint: "a unique or primary key builds its index under ACCESS EXCLUSIVE"
    case .unusedIgnore: "a comment that silences a finding which is not there"
    case .validateTogether: "NOT VALID and VALIDATE in one transaction keep the strong lock"
    case .viewBlocksType: "a view that uses the column keeps its type from changing"
    }
  }

  /// The severity where nothing of the statement makes it lower or higher.
  package var severity: LintSeverity {
    switch self {
    case .concurrentIfNotExists, .addColumnJSON, .alterSystem, .createPartition,
      .disableTrigger, .dropForeignKey, .dropNotNull, .dropView, .enableRowSecurity, .grantPublic,
      .backfillUnderLock, .locksHeldTogether, .lockTable, .longName, .notReadable, .opaqueCode,
      .sequenceValue, .setLocalOutside, .unusedIgnore:
      .warning
    case .dropsNothing, .foreignKeyLock, .foreignKeyUnindexed, .integerKey, .noLockTimeout: .note
    default: .error
    }
  }
}
