internal import Diagnostics
internal import Language
internal import Objects
internal import Sinks
internal import Syntax
internal import Values

/// Help and manual, made from the declarations that the checker reads.
struct HelpText {
  let vocabulary: Vocabulary

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
  }

  /// The kinds, stages and functions, a line each.
  func overview() -> [StyledText] {
    var lines = ["", StyledText("Objects", .bold)]
    lines += vocabulary.kinds.values.sorted { $0.name < $1.name }.map {
      row($0.name, $0.summary)
    }
    lines += ["", StyledText("Stages", .bold)]
    lines += StageDeclaration.all.map { row($0.name, $0.summary) }
    lines += ["", StyledText("Functions", .bold)]
    lines += Builtin.all.map { row($0.name, $0.summary) }
    return lines + ["", "opsh help NAME tells more, such as: opsh help environment.rollback"]
  }

  /// Help about a kind, a member (`deployment.id`, `production.rollback`), a stage or a function.
  ///
  /// - Throws: `usage` with the nearest name.
  func lines(about topic: String) throws(Failure) -> [StyledText] {
    if topic == "manual" { return manual() }
    if let kind = vocabulary.kind(topic) { return lines(of: kind) }
    if let dot = topic.lastIndex(of: ".") {
      let owner = String(topic[..<dot].split(separator: ".").last ?? "")
      let name = String(topic[topic.index(after: dot)...])
      if let lines = lines(ofMember: name, owner: owner) { return lines }
    }
    if let stage = StageDeclaration.all.first(where: { $0.name == topic }) {
      return [StyledText(stage.signature, .bold), StyledText("  " + stage.summary)]
    }
    if let builtin = Builtin.all.first(where: { $0.name == topic }) {
      return [
        StyledText(signature(builtin.name, builtin.parameters, builtin.result), .bold),
        StyledText("  " + builtin.summary),
      ]
    }
    throw Failure(
      .usage,
      "there is no help about '\(topic)'",
      advice: Spelling.nearest(to: topic, in: topics).map { ["did you mean '\($0)'?"] }
        ?? ["opsh help lists what there is"]
    )
  }

  private var topics: [String] {
    vocabulary.kinds.keys.sorted() + StageDeclaration.all.map(\.name) + Builtin.all.map(\.name)
      + vocabulary.kinds.values.flatMap { kind in kind.members.map { "\(kind.name).\($0.name)" } }
  }

  /// A member of a kind, or of an object that is called so: `production` is an environment.
  private func lines(ofMember name: String, owner: String) -> [StyledText]? {
    let kinds = vocabulary.kind(owner).map { [$0] } ?? reachable(through: owner)
    guard let kind = kinds.first(where: { $0.member(name) != nil }),
      let member = kind.member(name)
    else { return nil }
    return lines(of: member, in: kind)
  }

  private func reachable(through owner: String) -> [ObjectKind] {
    for kind in vocabulary.kinds.values.sorted(by: { $0.name < $1.name }) {
      guard let member = kind.member(owner) else { continue }
      if case .object(let name) = member.type.unwrapped, let found = vocabulary.kind(name) {
        return [found]
      }
    }
    return [vocabulary.kind("environment"), vocabulary.kind("stack")].compactMap(\.self)
  }

  private func lines(of kind: ObjectKind) -> [StyledText] {
    var lines = [StyledText(kind.name, .bold) + StyledText("  " + kind.summary)]
    for member in kind.members {
      lines.append(
        row(signature(member.name, member.parameters, nil), mark(member) + member.summary)
      )
    }
    return lines
  }

  private func lines(of member: Member, in kind: ObjectKind) -> [StyledText] {
    var lines = [
      StyledText("\(kind.name).", .faint)
        + StyledText(signature(member.name, member.parameters, member.type), .bold),
      StyledText("  \(mark(member))\(member.summary)"),
    ]
    for parameter in member.parameters {
      let optional = parameter.isRequired ? "" : " (may be left out)"
      lines.append(
        row("  \(parameter.name): \(parameter.type.name)", parameter.summary + optional)
      )
    }
    if case .oneOf(let texts) = member.type {
      lines.append(StyledText("  one of: \(texts.joined(separator: ", "))"))
    }
    if let restriction = member.restriction {
      let names = restriction.environments.joined(separator: ", ")
      lines.append(StyledText("  only for \(names): \(restriction.advice)", .yellow))
    }
    return lines
  }

  private func mark(_ member: Member) -> String {
    switch member.effect {
    case .read: ""
    case .change: "changes: "
    case .destroy: "can not be taken back: "
    }
  }

  private func signature(_ name: String, _ parameters: [Parameter], _ type: ValueType?) -> String {
    let list = parameters.map { parameter in
      parameter.isPositional ? parameter.name : "\(parameter.name):"
    }
    let call = parameters.isEmpty ? name : "\(name)(\(list.joined(separator: ", ")))"
    return type.map { "\(call) gives \($0.name)" } ?? call
  }

  private func row(_ name: String, _ text: String) -> StyledText {
    let padding = String(repeating: " ", count: max(2, 28 - name.count))
    return StyledText("  \(name)\(padding)") + StyledText(text, .faint)
  }

  // MARK: - The manual

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
    return lines.map { StyledText($0) }
  }
}
