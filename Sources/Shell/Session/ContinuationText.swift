internal import Diagnostics
internal import Journals
internal import Language
internal import Runbooks
internal import Sinks
internal import Syntax
internal import Values

/// What a person is told of a run before it is gone on with, or when it is handed over.
struct ContinuationText {
  let continuation: Continuation
  private var memory: RunMemory { continuation.memory }

  /// One step and how far it came.
  private struct Step {
    let number: Int
    let title: String
    let state: State

    enum State: String {
      case done, skipped, inDoubt = "in doubt", begun = "begun, not done", toDo = "to do"
    }
  }

  init(_ continuation: Continuation) {
    self.continuation = continuation
  }

  private var steps: [Step] {
    guard let main = continuation.texts.first,
      case .items(let items) = Parser.parse(main, mode: .file).file.contents
    else { return [] }
    let inDoubt = memory.inDoubt.map(\.path)
    var steps: [Step] = []
    for case .step(let declared) in items {
      let title = declared.title.text
      let prefix = Place.segment(ofStep: title) + "/"
      let state: Step.State
      if inDoubt.contains(where: { $0.hasPrefix(prefix) }) {
        state = .inDoubt
      } else {
        state =
          switch memory.step(title) {
          case .done: .done
          case .skipped: .skipped
          case .begun: .begun
          case nil: .toDo
          }
      }
      steps.append(Step(number: steps.count + 1, title: title, state: state))
    }
    return steps
  }

  /// Such as `1–3 done, 4 in doubt, 5–6 to do`; nothing for what has no steps.
  var summary: String {
    var parts: [(first: Int, last: Int, state: Step.State)] = []
    for step in steps {
      if let last = parts.last, last.state == step.state {
        parts[parts.count - 1].last = step.number
      } else {
        parts.append((step.number, step.number, step.state))
      }
    }
    return parts.map { part in
      let numbers = part.first == part.last ? "\(part.first)" : "\(part.first)–\(part.last)"
      return "\(numbers) \(part.state.rawValue)"
    }.joined(separator: ", ")
  }

  /// Says what is going to be done, and what of the run's files is another by now.
  var beforeGoingOn: [StyledText] {
    var lines = [
      StyledText("resume ", .faint) + StyledText(continuation.id, .bold)
        + StyledText(
          "  \(continuation.name), begun \(Self.moment(continuation.created?.at))",
          .faint
        )
    ]
    if !summary.isEmpty { lines.append(StyledText("steps  ", .faint) + StyledText(summary)) }
    return lines + doubtful + changes
  }

  private var doubtful: [StyledText] {
    memory.inDoubt.map { StyledText("in doubt  ", .yellow) + StyledText($0.summary) }
  }

  /// Each file of the run that was changed since, as a difference; what runs is the stored text.
  private var changes: [StyledText] {
    continuation.changedFiles.flatMap { stored, now -> [StyledText] in
      guard let now else {
        return [StyledText("\(stored.name) is gone; the text on record runs", .yellow)]
      }
      let head = "\(stored.name) was changed since; the text on record runs, not this:"
      return [StyledText(head, .yellow)] + Self.difference(stored, now)
    }
  }

  private static func difference(_ stored: SourceText, _ now: SourceText) -> [StyledText] {
    let old = lines(of: stored)
    let new = lines(of: now)
    var shown: [StyledText] = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, let line, _):
        shown.append(StyledText("  - \(offset + 1): \(line)", .red))
      case .insert(let offset, let line, _):
        shown.append(StyledText("  + \(offset + 1): \(line)", .green))
      }
    }
    guard shown.count > mostLines else { return shown }
    return shown.prefix(mostLines) + [StyledText("  … and \(shown.count - mostLines) more", .faint)]
  }

  private static let mostLines = 20

  private static func lines(of source: SourceText) -> [String] {
    String(decoding: source.bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private static func moment(_ time: Time?) -> String {
    guard let text = time?.text else { return "at an unknown time" }
    return text.firstIndex(of: ".").map { text[..<$0] + "Z" } ?? text
  }

  // MARK: - Handing over

  /// What the next person needs: what it is, how far it came, what is in doubt or owed, why, and what
  /// to type.
  func handover(head: String) -> [StyledText] {
    let created = continuation.created
    var lines = [
      StyledText(continuation.name, .bold)
        + StyledText("  run \(continuation.id)", .faint),
      field(
        "begun",
        "\(Self.moment(created?.at)) by \(text(created, "operator"))@\(text(created, "host"))"
      ),
    ]
    if let reason = created?["reason"]?.stringValue { lines.append(field("because", reason)) }
    if let stack = created?["stack"]?["path"]?.stringValue { lines.append(field("stack", stack)) }
    for record in continuation.records where record.kind == .bound {
      guard let path = record["path"]?.stringValue, path.hasPrefix(Place.path(ofParameter: ""))
      else {
        continue
      }
      lines.append(field(text(record, "name"), record["value"]?.text ?? ""))
    }
    for step in steps {
      lines.append(
        StyledText("  \(step.number)  ", .faint)
          + StyledText(step.state.rawValue, Self.style(step.state))
          + StyledText("  \(step.title)")
      )
    }
    lines += doubtful
    if let failure = lastFailure { lines.append(field("stopped", failure)) }
    if memory.owesFinally { lines.append(field("owed", "its 'finally' is run when it ends")) }
    for record in continuation.records where record.kind == .note {
      lines.append(field("note", text(record, "text")))
    }
    lines += [
      field("head", head),
      field("read it", "opsh transcript \(continuation.id)"),
      field("go on", "opsh resume \(continuation.id)"),
      field("take back", "opsh undo \(continuation.id)"),
    ]
    return lines
  }

  private var lastFailure: String? {
    let last = continuation.records.last { $0["failure"]?.stringValue != nil }
    return last?["failure"]?.stringValue
  }

  private static func style(_ state: Step.State) -> Style {
    switch state {
    case .done: .green
    case .inDoubt, .begun: .yellow
    case .skipped, .toDo: .faint
    }
  }

  private func field(_ name: String, _ value: String) -> StyledText {
    StyledText("\(name)  ", .faint) + StyledText(value)
  }

  private func text(_ record: JournalRecord?, _ name: String) -> String {
    record?[name]?.stringValue ?? "?"
  }
}
