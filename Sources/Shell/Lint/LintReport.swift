internal import Diagnostics
internal import SQLText
internal import Sinks
internal import Values

/// What was found, in the form that was asked for.
struct LintReport {
  enum Form {
    case text, rows, github, sarif

    init(_ name: String?) {
      switch name {
      case nil, "table": self = .text
      case "github": self = .github
      case "sarif": self = .sarif
      default: self = .rows
      }
    }
  }

  let files: [LintedFile]

  func write(as form: Form, to output: Output) throws(Failure) {
    switch form {
    case .text: writeText(to: output)
    case .rows: try output.show(.list(rows))
    case .github: for line in GitHubAnnotations(files: files).lines { output.line(line) }
    case .sarif:
      do throws(SinkError) {
        try output.data.write(SARIFReport(files: files).text + "\n")
      } catch {
        throw Failure(.failed, error.message)
      }
    }
  }

  // MARK: For people

  private func writeText(to output: Output) {
    for file in files {
      let source = SourceText(name: file.name, bytes: file.bytes)
      // One line at the end says it of all files.
      for finding in file.review.findings where finding.rule != .noLockTimeout {
        show(finding, of: file, source, to: output)
      }
      for ignored in file.review.ignored {
        output.line(
          StyledText(Self.place(of: ignored.finding, in: file), .faint)
            + StyledText(
              ": ignored: \(ignored.finding.rule.rawValue), because \(ignored.reason)",
              .faint
            )
        )
      }
    }
    tellTimeouts(to: output)
  }

  static func place(of finding: LintFinding, in file: LintedFile) -> String {
    "\(file.name):\(finding.line):\(finding.column)"
  }

  private func show(
    _ finding: LintFinding,
    of file: LintedFile,
    _ source: SourceText,
    to output: Output
  ) {
    output.line(
      StyledText(Self.place(of: finding, in: file) + ": ", .bold)
        + StyledText(finding.severity.rawValue, Self.style(finding.severity))
        + StyledText(": \(finding.rule.rawValue): \(finding.message)")
    )
    if !finding.holdsSecret {
      for line in excerpt(finding, source) { output.line(StyledText(line)) }
    }
    let locks = Self.locks(of: finding, in: file)
    if !locks.isEmpty {
      output.line(StyledText("    locks    ", .faint) + StyledText(locks.joined(separator: ", ")))
    }
    if let question = finding.questions.first {
      output.line(StyledText("    depends  ", .faint) + StyledText("on " + question.words))
    }
    if let advice = finding.advice {
      output.line(StyledText("    instead  ", .faint) + StyledText(advice))
    }
    for line in finding.saferSQL?.split(separator: "\n") ?? [] {
      output.line(StyledText("      " + line, .green))
    }
  }

  private static func style(_ severity: LintSeverity) -> Style {
    switch severity {
    case .error: .red
    case .warning: .yellow
    case .note: .blue
    }
  }

  /// The line with a caret, as the checker shows one.
  private func excerpt(_ finding: LintFinding, _ source: SourceText) -> [String] {
    let end = finding.offset + max(1, finding.length)
    let diagnostic = Diagnostic("", at: SourceSpan(finding.offset, end))
    return diagnostic.rendered(in: source).split(separator: "\n").dropFirst().map(String.init)
  }

  /// The strongest locks of the finding's statement that keep somebody out.
  static func locks(of finding: LintFinding, in file: LintedFile) -> [String] {
    guard let index = finding.statement,
      let statement = file.review.statements.first(where: {
        $0.index == index
      })
    else { return [] }
    return statement.locks.filter { $0.mode >= .shareUpdateExclusive }
      .map { "\($0.mode.words) on \($0.table)" }
  }

  private func tellTimeouts(to output: Output) {
    let found = files.compactMap { file in
      file.review.findings.first { $0.rule == .noLockTimeout }
    }
    guard let first = found.first else { return }
    let what =
      files.count == 1
      ? first.message : "\(found.count) of \(files.count) files take locks without a lock_timeout"
    output.line(StyledText("note: ", .blue) + StyledText(what))
    if let advice = first.advice {
      output.line(StyledText("    instead  ", .faint) + StyledText(advice))
    }
  }

  // MARK: For programs

  private var rows: [Value] {
    files.flatMap { file in
      file.review.findings.map { row($0, file, ignored: nil) }
        + file.review.ignored.map { row($0.finding, file, ignored: $0.reason) }
    }
  }

  private func row(_ finding: LintFinding, _ file: LintedFile, ignored: String?) -> Value {
    func text(_ text: String?) -> Value { text.map { .text($0) } ?? .nothing }
    return .record(
      Record([
        "file": .text(file.name), "line": .int(Int64(finding.line)),
        "column": .int(Int64(finding.column)), "offset": .int(Int64(finding.offset)),
        "rule": .text(finding.rule.rawValue), "severity": .text(finding.severity.rawValue),
        "message": .text(finding.message), "advice": text(finding.advice),
        "safer_sql": text(finding.saferSQL),
        "locks": .list(Self.locks(of: finding, in: file).map { .text($0) }),
        "questions": .list(finding.questions.map { .text($0.words) }), "ignored": text(ignored),
      ])
    )
  }
}
