internal import SQLText
internal import Values

/// Findings in the Static Analysis Results Interchange Format (OASIS, version 2.1.0).
struct SARIFReport {
  let files: [LintedFile]

  var text: String { json.text }

  private var json: JSON {
    .object([
      .init("$schema", "https://json.schemastore.org/sarif-2.1.0.json"),
      .init("version", "2.1.0"),
      .init("runs", .array([run])),
    ])
  }

  private var run: JSON {
    .object([
      .init("tool", .object([.init("driver", driver)])),
      .init("columnKind", "unicodeCodePoints"),
      .init("results", .array(results)),
    ])
  }

  private var driver: JSON {
    .object([
      .init("name", "opsh lint"),
      .init("version", .string(Session.version)),
      .init(
        "rules",
        .array(
          LintRule.allCases.map { rule in
            .object([
              .init("id", .string(rule.rawValue)),
              .init("shortDescription", Self.message(rule.summary)),
              .init(
                "defaultConfiguration",
                .object([.init("level", .string(rule.severity.rawValue))])
              ),
            ])
          }
        )
      ),
    ])
  }

  private static func message(_ text: String) -> JSON { .object([.init("text", .string(text))]) }

  private var results: [JSON] {
    files.flatMap { file in
      file.review.findings.map { Self.result($0, file, ignored: nil) }
        + file.review.ignored.map { Self.result($0.finding, file, ignored: $0.reason) }
    }
  }

  private static func result(_ finding: LintFinding, _ file: LintedFile, ignored: String?) -> JSON {
    let text = [finding.message, finding.advice.map { "instead: " + $0 }, finding.saferSQL]
      .compactMap { $0 }.joined(separator: "\n")
    let index = LintRule.allCases.firstIndex(of: finding.rule) ?? 0
    var members: [JSON.Member] = [
      .init("ruleId", .string(finding.rule.rawValue)),
      .init("ruleIndex", .int(Int64(index))),
      .init("level", .string(finding.severity.rawValue)),
      .init("message", message(text)),
      .init("locations", .array([location(finding, file.name)])),
    ]
    if let ignored {
      let suppression = JSON.object([
        .init("kind", "inSource"), .init("justification", .string(ignored)),
      ])
      members.append(.init("suppressions", .array([suppression])))
    }
    return .object(members)
  }

  private static func location(_ finding: LintFinding, _ file: String) -> JSON {
    .object([
      .init(
        "physicalLocation",
        .object([
          .init("artifactLocation", .object([.init("uri", .string(uri(file)))])),
          .init(
            "region",
            .object([
              .init("startLine", .int(Int64(finding.line))),
              .init("startColumn", .int(Int64(finding.column))),
            ])
          ),
        ])
      )
    ])
  }

  /// The path as a relative reference, or as a `file:` URI where it is absolute (RFC 3986).
  private static func uri(_ path: String) -> String {
    let plain = Set("/-._~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
    var text = path.hasPrefix("/") ? "file://" : ""
    for byte in path.utf8 {
      if plain.contains(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return text
  }
}
