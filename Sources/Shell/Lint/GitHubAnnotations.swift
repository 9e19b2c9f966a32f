internal import SQLText
internal import Sinks

/// Findings as the workflow commands that GitHub shows beside the lines of a pull request.
struct GitHubAnnotations {
  let files: [LintedFile]

  var lines: [StyledText] {
    files.flatMap { file in
      file.review.findings.map { StyledText(Self.line($0, file.name)) }
    }
  }

  private static func line(_ finding: LintFinding, _ file: String) -> String {
    let level =
      switch finding.severity {
      case .error: "error"
      case .warning: "warning"
      case .note: "notice"
      }
    let text = [finding.message, finding.advice.map { "instead: " + $0 }, finding.saferSQL]
      .compactMap { $0 }.joined(separator: "\n")
    return "::\(level) file=\(property(file)),line=\(finding.line),col=\(finding.column),"
      + "title=\(property("opsh: " + finding.rule.rawValue))::\(escaped(text))"
  }

  /// What `@actions/core` escapes in the text behind the second `::`.
  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": escaped += "%25"
      case "\r": escaped += "%0D"
      case "\n": escaped += "%0A"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// Before it, the signs that separate properties too.
  private static func property(_ text: String) -> String {
    var property = ""
    for scalar in escaped(text).unicodeScalars {
      switch scalar {
      case ":": property += "%3A"
      case ",": property += "%2C"
      default: property.unicodeScalars.append(scalar)
      }
    }
    return property
  }
}
