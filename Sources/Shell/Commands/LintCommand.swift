internal import ArgumentParser
internal import SQLText
internal import Values

/// `opsh lint FILE…`: what SQL migrations lock and cost, from their text alone.
struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Read SQL migrations: what they lock, rewrite, lose and break.",
    discussion: """
      It asks no database and needs no stack file. A folder is read as one of migrations: Prisma's \
      (NAME/migration.sql), golang-migrate's (*.up.sql), dbmate's (the part behind -- migrate:up), \
      or plain *.sql. Files are read in the order in which they would run.

      The exit code is 1 where there is an error (with --strict, a warning too), 2 where a file can \
      not be read, and 0 otherwise. --output takes github and sarif as well.

      -- opsh:ignore RULE because REASON before a statement silences one finding in it.
      """
  )

  @OptionGroup var shared: SharedOptions

  @Flag(help: "Let warnings end it with exit code 1 as well.")
  var strict = false

  @ArgumentParser.Argument(help: "Files, or folders of migrations.")
  var files: [String]

  func run() throws {
    var options = try shared.options()
    let report = LintReport.Form(options.output)
    if report != .rows { options.output = nil }
    let session = Session(options)
    try session.end { () throws(Failure) in
      let linted = try MigrationFiles(files, session.paths).review()
      try LintReport(files: linted).write(as: report, to: session.output)
      try session.output.flush()
      try judge(linted)
    }
  }

  private func judge(_ files: [LintedFile]) throws(Failure) {
    let findings = files.flatMap(\.review.findings)
    let errors = findings.count { $0.severity == .error }
    let warnings = findings.count { $0.severity == .warning }
    guard errors > 0 || (strict && warnings > 0) else { return }
    let counts = [Self.count(errors, "error"), Self.count(warnings, "warning")].compactMap { $0 }
    throw Failure(
      .failed,
      "\(counts.joined(separator: " and ")) in \(files.count == 1 ? files[0].name : "\(files.count) files")",
      advice: ["nothing was sent anywhere: this is what the text would do"]
    )
  }

  private static func count(_ number: Int, _ word: String) -> String? {
    number == 0 ? nil : "\(number) \(word)\(number == 1 ? "" : "s")"
  }
}
