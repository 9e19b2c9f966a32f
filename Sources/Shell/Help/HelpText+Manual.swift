internal import Language
internal import Objects
internal import SQLText
internal import Sinks
internal import Values

extension HelpText {
  /// The reference manual as Markdown: every kind with all that the declarations say.
  func manual() -> [StyledText] {
    var lines: [String] = ["# The objects", ""]
    for kind in vocabulary.kinds.values.sorted(by: { $0.name < $1.name }) {
      lines += [
        "## \(kind.name)", "", kind.summary, "", "| member | type | effect | |",
        "|---|---|---|---|",
      ]
      for member in kind.members {
        let name = signature(member.name, member.parameters, nil)
        lines.append(
          "| `\(name)` | \(member.type.name) | \(member.effect.rawValue) | \(member.summary) |"
        )
      }
      lines.append("")
    }
    lines += ["# Stages", ""]
    lines += StageDeclaration.all.map { "- `\($0.signature)`: \($0.summary)" }
    lines += ["", "# Functions", ""]
    lines += Builtin.all.map {
      "- `\(signature($0.name, $0.parameters, $0.result))`: \($0.summary)"
    }
    lines += [
      "", "# Reading a migration before it runs", "",
      "`opsh lint` finds in the text of a migration, and `-- opsh:ignore RULE because …` silences:",
      "",
    ]
    lines += LintRule.allCases.map { "- `\($0.rawValue)` (\($0.severity.rawValue)): \($0.summary)" }
    lines += ["", "# Human errors, and what stops them", "", "| error | guard |", "|---|---|"]
    lines += HumanError.all.map { "| \($0.title) | \($0.guarding) |" }
    return lines.map { StyledText($0) }
  }
}
