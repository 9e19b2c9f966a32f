internal import Diagnostics
internal import Language
internal import Objects
internal import Sinks
internal import Syntax
internal import Values

/// Help and manual, made from the declarations that the checker reads.
struct HelpText {
  let vocabulary: Vocabulary
  /// What the stack file adds: its names and runbooks.
  var stack = HelpStack()

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
  }

  /// The kinds, stages and functions, a line each; before them what the stack has.
  func overview() -> [StyledText] {
    var lines: [StyledText] = []
    func section(_ title: String, _ rows: [(String, String)]) {
      guard !rows.isEmpty else { return }
      lines += ["", StyledText(title, .bold)]
      lines += rows.map { row($0, $1) }
    }
    section("This stack", stack.roots.map { ($0.name, $0.summary) })
    section("Runbooks", stack.runbooks.map { ($0.name, $0.title) })
    section("Objects", kinds.map { ($0.name, $0.summary) })
    section("Stages", StageDeclaration.all.map { ($0.name, $0.summary) })
    section("Functions", Builtin.all.map { ($0.name, $0.summary) })
    section("Words", HelpWord.all.map { ($0.word, $0.summary) })
    return lines + ["", "opsh help NAME tells more, such as: opsh help environment.rollback"]
  }

  /// Help about whatever is called so: a name of the stack, a runbook, a kind, a member
  /// (`deployment.id`, `production.rollback`, `rollback`), a stage, a function, a word of the
  /// language, a command.
  ///
  /// - Throws: `usage` with the nearest name.
  func lines(about topic: String) throws(Failure) -> [StyledText] {
    if topic == "manual" { return manual() }
    var found: [[StyledText]] = []
    found += stack.roots.filter { $0.name == topic }.map(lines(of:))
    found += stack.runbooks.filter { $0.answers(to: topic) }.map(lines(of:))
    if let kind = vocabulary.kind(topic) { found.append(lines(of: kind)) }
    if let dot = topic.lastIndex(of: ".") {
      let (owner, name) = (String(topic[..<dot]), String(topic[topic.index(after: dot)...]))
      if let lines = lines(ofMember: name, owner: owner) { found.append(lines) }
    } else {
      found += kinds.compactMap { kind in kind.member(topic).map { lines(of: $0, in: kind) } }
    }
    found += linesOfLanguage(topic)
    if let lines = HelpCommands.lines(about: topic) { found.append(lines) }
    guard !found.isEmpty else { throw unknown(topic) }
    return Array(found.joined(separator: [""]))
  }

  private var kinds: [ObjectKind] { vocabulary.kinds.values.sorted { $0.name < $1.name } }

  private func linesOfLanguage(_ topic: String) -> [[StyledText]] {
    var found: [[StyledText]] = []
    func add(_ signature: String, _ summary: String) {
      found.append([StyledText(signature, .bold), StyledText("  " + summary)])
    }
    for stage in StageDeclaration.all where stage.name == topic {
      add(stage.signature, stage.summary)
    }
    for builtin in Builtin.all where builtin.name == topic {
      add(signature(builtin.name, builtin.parameters, builtin.result), builtin.summary)
    }
    for word in HelpWord.all where word.word == topic { add(word.form, word.summary) }
    return found
  }

  private func unknown(_ topic: String) -> Failure {
    Failure(
      .usage,
      "there is no help about '\(topic)'",
      advice: nearest(to: topic).map { ["did you mean '\($0)'?"] }
        ?? ["opsh help lists what there is"]
    )
  }

  /// A member keeps the owner that was typed: `production.rolback` was `production.rollback`.
  private func nearest(to topic: String) -> String? {
    guard let dot = topic.lastIndex(of: ".") else {
      return Spelling.nearest(to: topic, in: topics)
    }
    let (owner, name) = (String(topic[..<dot]), String(topic[topic.index(after: dot)...]))
    if isKnown(owner) {
      let members = owners(owner).flatMap { $0.members.map(\.name) }
      return Spelling.nearest(to: name, in: members).map { "\(owner).\($0)" }
    }
    guard let right = Spelling.nearest(to: owner, in: topics) else {
      return Spelling.nearest(to: topic, in: topics)
    }
    return owners(right).contains { $0.member(name) != nil } ? "\(right).\(name)" : right
  }

  private var topics: [String] {
    stack.roots.map(\.name) + stack.runbooks.map(\.name) + kinds.map(\.name)
      + StageDeclaration.all.map(\.name) + Builtin.all.map(\.name) + HelpWord.all.map(\.word)
      + OpshCommand.commandNames + kinds.flatMap { $0.members.map(\.name) }
      + kinds.flatMap { kind in kind.members.map { "\(kind.name).\($0.name)" } }
  }

  /// A member of a kind, or of an object that is called so: `production` is an environment.
  private func lines(ofMember name: String, owner: String) -> [StyledText]? {
    guard let kind = owners(owner).first(where: { $0.member(name) != nil }),
      let member = kind.member(name)
    else { return nil }
    return lines(of: member, in: kind)
  }

  private func isKnown(_ owner: String) -> Bool {
    let name = owner.split(separator: ".").last.map(String.init) ?? owner
    return vocabulary.kind(name) != nil || stack.roots.contains { $0.name == name }
      || kinds.contains { $0.member(name) != nil }
  }

  /// The kinds that a name in front of a dot may stand for.
  private func owners(_ path: String) -> [ObjectKind] {
    let name = path.split(separator: ".").last.map(String.init) ?? path
    if let kind = vocabulary.kind(name) { return [kind] }
    for kind in kinds {
      guard let member = kind.member(name) else { continue }
      if case .object(let name) = member.type.unwrapped, let found = vocabulary.kind(name) {
        return [found]
      }
    }
    // Without a stack file a name may be that of an environment somewhere.
    guard stack.roots.isEmpty || stack.roots.contains(where: { $0.name == name }) else { return [] }
    return [vocabulary.kind("environment"), vocabulary.kind("stack")].compactMap(\.self)
  }

  private func lines(of root: HelpStack.Root) -> [StyledText] {
    [StyledText(root.name, .bold) + StyledText("  " + root.summary)]
      + [StyledText("  opsh help \(root.kind) tells what it has", .faint)]
  }

  private func lines(of runbook: HelpStack.Runbook) -> [StyledText] {
    var lines = [StyledText(runbook.path, .bold) + StyledText("  " + runbook.title)]
    lines += runbook.documentation.map { StyledText("  " + $0) }
    for parameter in runbook.parameters {
      lines.append(row("  " + parameter.name, parameter.text))
    }
    lines += runbook.steps.enumerated().map { StyledText("  \($0 + 1). \($1)") }
    return lines + [StyledText("  " + runbook.commandLine, .faint)]
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

  func signature(_ name: String, _ parameters: [Parameter], _ type: ValueType?) -> String {
    let list = parameters.map { parameter in
      parameter.isPositional ? parameter.name : "\(parameter.name):"
    }
    let call = parameters.isEmpty ? name : "\(name)(\(list.joined(separator: ", ")))"
    return type.map { "\(call) gives \($0.name)" } ?? call
  }

  func row(_ name: String, _ text: String) -> StyledText {
    let padding = String(repeating: " ", count: max(2, 28 - name.count))
    return StyledText("  \(name)\(padding)") + StyledText(text, .faint)
  }
}
