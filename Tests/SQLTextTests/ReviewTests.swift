import SQLText
import Testing

/// What a migration is found to do from its text alone.
@Suite struct ReviewTests {
  private func review(
    _ sql: String,
    knowing facts: DatabaseFacts? = nil,
    running runner: MigrationRunner = .oneMessage,
    lockTimeoutIsSet: Bool = true
  ) throws -> MigrationReview {
    try MigrationReview(
      Array(sql.utf8),
      knowing: facts,
      running: runner,
      lockTimeoutIsSet: lockTimeoutIsSet
    )
  }

  @Test func `every pattern is found, and its safe neighbours stay silent`() throws {
    for pattern in ReviewPattern.all {
      let found = try review(pattern.sql).findings
      #expect(found.map(\.rule) == pattern.rules, "\(pattern.sql)")
      for sql in pattern.safe {
        let found = try review(sql).findings
        #expect(found.isEmpty, "\(sql): \(found.map(\.message))")
      }
    }
  }

  @Test func `every rule is the pattern of a test, or needs the database`() {
    let tested = Set(ReviewPattern.all.flatMap(\.rules))
    let needFacts: Set<LintRule> = [.dropsNothing, .invalidIndex, .viewBlocksType, .noLockTimeout]
    #expect(Set(LintRule.allCases).subtracting(tested) == needFacts)
  }

  @Test func `every finding says what happens and what to do instead`() throws {
    for pattern in ReviewPattern.all {
      for finding in try review(pattern.sql).findings {
        #expect(!finding.message.isEmpty && finding.message.first?.isUppercase != nil)
        #expect(!finding.message.hasSuffix("."), "\(finding.message)")
        #expect(finding.advice?.isEmpty == false, "\(finding.rule)")
      }
    }
  }

  @Test func `the safer form can be read, and is silent itself or takes steps`() throws {
    for pattern in ReviewPattern.all {
      for finding in try review(pattern.sql).findings where finding.severity > .note {
        guard let safer = finding.saferSQL, !safer.contains("…") else { continue }
        var history = MigrationHistory()
        for step in safer.split(separator: "\n-- ") {
          // A step after the first begins with the words of its comment.
          let isComment = step.first?.isLowercase ?? false
          let text = Array(((isComment ? "-- " : "") + step).utf8)
          let review = try MigrationReview(text, after: history)
          let errors = review.findings.filter { $0.severity == .error }
          #expect(errors.isEmpty, "\(finding.rule): \(step): \(errors.map(\.message))")
          history = review.history
        }
      }
    }
  }

  @Test func `a migration builds on what the one before has validated`() throws {
    let steps = [
      "alter table t add constraint k check (a is not null) not valid",
      "alter table t validate constraint k", "alter table t alter a set not null",
    ]
    var history = MigrationHistory()
    for step in steps {
      let review = try MigrationReview(Array(step.utf8), after: history, lockTimeoutIsSet: true)
      #expect(review.findings.isEmpty, "\(step)")
      history = review.history
    }
    #expect(try review(steps[2]).findings.map(\.rule) == [.setNotNull])
  }

  @Test func `a finding has its place, by byte, line and column`() throws {
    let sql =
      "select 'é';\n  -- first;\n  alter table t\n    add a int,\n    drop column \"b,\", alter c set not null;"
    let found = try review(sql).findings
    #expect(found.map(\.rule) == [.dropColumn, .setNotNull])
    #expect(found.map(\.line) == [5, 5])
    #expect(found.map(\.column) == [5, 23])
    let bytes = Array(sql.utf8)
    let texts = found.map { String(decoding: bytes[$0.offset..<$0.offset + 4], as: UTF8.self) }
    #expect(texts == ["drop", "alte"])
    #expect(found.map(\.statement) == [1, 1])
  }

  @Test func `what can not be read does not hide the rest`() throws {
    let sql = "drop table a;\nalter table b frobnicate;\nselect ';';\ndrop table c;\n"
    let found = try review(sql).findings
    #expect(found.map(\.rule) == [.dropTable, .notReadable, .dropTable])
    #expect(found.map(\.line) == [1, 2, 4])
    #expect(found[1].column == 15)
    #expect(
      found[1].message
        == "the grammar of version 15 does not read this: syntax error at or near \"frobnicate\"; "
        + "what it locks is unknown"
    )
  }

  @Test func `without a lock timeout the first strong lock is told, once`() throws {
    let sql = "select 1; alter table t add a int; alter table u add a int"
    let found = try review(sql, lockTimeoutIsSet: false).findings
    #expect(found.map(\.rule) == [.noLockTimeout])
    #expect(found.map(\.severity) == [.note])
    #expect(
      found[0].message
        == "no lock_timeout is set: while ALTER TABLE waits for ACCESS EXCLUSIVE on t, every read "
        + "and write of it queues behind"
    )
    let set = [
      "set lock_timeout = '2s'; alter table t add a int",
      "set local lock_timeout to 2000; alter table t add a int",
      "select set_config('lock_timeout', '2s', false); alter table t add a int",
      "create table n (a int)", "select 1", "create index concurrently on t (a)",
    ]
    for sql in set {
      #expect(try review(sql, lockTimeoutIsSet: false).findings.isEmpty, "\(sql)")
    }
    for sql in [
      "set lock_timeout = 0; alter table t add a int",
      "set lock_timeout = '2s'; reset lock_timeout; alter table t add a int",
      "begin; set local lock_timeout = '2s'; commit; alter table t add a int",
    ] {
      #expect(
        try review(sql, lockTimeoutIsSet: false).findings.map(\.rule) == [.noLockTimeout],
        "\(sql)"
      )
    }
  }

  @Test func `the way in which a file is run decides what can be in it`() throws {
    let concurrent = "create index concurrently i on t (a)"
    #expect(
      try review(concurrent, running: .oneTransaction).findings.map(\.rule) == [.notInTransaction]
    )
    #expect(try !review(concurrent).isTransactional)
    #expect(try !review("begin; select 1; commit").isTransactional)
    #expect(try review("savepoint a; select 1; release a").isTransactional)
    let several = concurrent + "; " + concurrent
    #expect(try review(several, running: .separately).findings.isEmpty)
    #expect(
      try review("commit", running: .oneTransaction).findings.map(\.rule) == [.transactionControl]
    )
    let local = "set local lock_timeout = '1s'; select 1"
    #expect(try review(local, running: .separately).findings.map(\.rule) == [.setLocalOutside])
    let steps = "alter table t add a int; update t set a = b where a is null"
    #expect(try review(steps, running: .separately).findings.isEmpty)
  }

  @Test(arguments: [
    ("create table n (a int)", "DROP TABLE \"n\";", true),
    ("alter table t add a int", "ALTER TABLE \"t\" DROP COLUMN \"a\";", true),
    ("create index i on s.t (a)", "DROP INDEX CONCURRENTLY \"s\".\"i\";", true),
    (
      "alter table t rename column a to \"B\"", "ALTER TABLE \"t\" RENAME COLUMN \"B\" TO \"a\";",
      true
    ),
    (
      "alter table t alter a set not null", "ALTER TABLE \"t\" ALTER COLUMN \"a\" DROP NOT NULL;",
      true
    ),
    ("alter table t drop column a", nil, false), ("drop table t", nil, false),
    ("truncate t", nil, false), ("update t set a = 1 where b", nil, false),
    ("alter table t alter a type smallint", nil, false), ("drop index i", nil, true),
    ("do $$ begin end $$", nil, nil), ("alter table t alter a frob", nil, nil),
  ])
  func `how a statement could be taken back`(
    _ sql: String,
    _ undo: String?,
    _ isReversible: Bool?
  ) throws {
    let statement = try #require(try review(sql).statements.first)
    #expect(statement.isReversible == isReversible)
    if case .statement(let text) = statement.reversal { #expect(text == undo) }
    if let undo { #expect(statement.reversal == .statement(undo)) }
  }

  @Test func `what only the database knows is a question, and its answer makes it sure`() throws {
    let sql = "alter table t alter a type varchar(50)"
    let open = try review(sql)
    #expect(open.questions == [.columnType(QualifiedName(name: "t"), column: "a")])
    #expect(open.findings.map(\.severity) == [.warning])
    #expect(open.statements[0].rewrites.isEmpty)
    func facts(_ type: String) -> DatabaseFacts {
      var table = RelationFacts(QualifiedName(schema: "public", name: "t"))
      table.columns = [ColumnFacts("a", type)]
      return DatabaseFacts([table])
    }
    #expect(try review(sql, knowing: facts("character varying(20)")).findings.isEmpty)
    let sure = try review(sql, knowing: facts("character varying(80)"))
    #expect(sure.findings.map(\.severity) == [.error])
    #expect(sure.questions.isEmpty)
    #expect(sure.statements[0].rewrites == [QualifiedName(schema: "public", name: "t")])
  }

  @Test func `what the database has makes a review exact`() throws {
    let (t, p) = (
      QualifiedName(schema: "public", name: "t"), QualifiedName(schema: "public", name: "p")
    )
    var table = RelationFacts(t)
    table.columns = [ColumnFacts("a", "integer"), ColumnFacts("n", "integer", isNotNull: true)]
    table.constraints = [
      ConstraintFacts("k", kind: "c", definition: "CHECK ((a IS NOT NULL))", columns: ["a"]),
      ConstraintFacts("oddly", kind: "f", columns: ["a"], referenced: p),
    ]
    table.indexes = [
      IndexFacts(QualifiedName(schema: "public", name: "i"), isValid: false, columns: ["a"])
    ]
    table.views = [ViewFacts(QualifiedName(schema: "public", name: "v"), columns: ["a"])]
    var index = RelationFacts(QualifiedName(schema: "public", name: "i"), .index)
    index.table = t
    let facts = DatabaseFacts([table, index, RelationFacts(p)])
    func rules(_ sql: String) throws -> [LintRule] {
      try review(sql, knowing: facts).findings.map(\.rule)
    }
    #expect(try rules("alter table t alter a set not null") == [])
    #expect(try rules("alter table t alter n set not null") == [])
    #expect(try rules("alter table t drop constraint oddly") == [.dropForeignKey])
    #expect(try rules("alter table t drop constraint k") == [])
    #expect(try rules("create index concurrently if not exists i on t (a)") == [.invalidIndex])
    #expect(
      try rules(
        "drop view v; alter table t alter a type integer collate \"C\"; create view v as select 1"
      )
        == [.changeType, .checkScan]
    )
    #expect(try rules("drop table if exists typo") == [.dropsNothing])
    #expect(try rules("alter table t alter a type bigint") == [.viewBlocksType, .changeType])
    #expect(
      try rules("drop view v; alter table t alter a type bigint; create view v as select 1")
        == [.changeType]
    )
    let drop = try review("drop index i", knowing: facts)
    #expect(drop.locks.map(\.table.name) == ["i", "t"])
    #expect(
      try review("alter table t drop constraint oddly", knowing: facts).locks.map(\.mode)
        == [.accessExclusive, .accessExclusive]
    )
  }

  @Test func `the names for the catalogue's query are those of the text`() {
    let names = MigrationReview.names(
      in: Array("alter table \"S\".t add a int; drop view v; oops".utf8)
    )
    #expect(names.contains("t") && names.contains("v"))
  }

  @Test func `a text that is none is an error, not a finding`() {
    #expect(throws: SQLTextError.notUTF8(offset: 8)) {
      try MigrationReview(Array("select '".utf8) + [0xFF, 0x27])
    }
    #expect(throws: SQLTextError.holdsNUL(offset: 7)) {
      try MigrationReview(Array("select \0".utf8))
    }
  }

  @Test func `an empty file has nothing in it`() throws {
    for sql in ["", "  \n", "-- nothing", "/* nothing */ ;"] {
      #expect(try review(sql).statements.isEmpty, "\(sql)")
    }
  }
}
