internal import Formats
internal import Journals
internal import Values

/// The changes that were made, each with the exact commands.
struct ActionList {
  let actions: [RecordedAction]
  /// Whether the actions are of more than one run.
  let namesRuns: Bool

  var markup: Markup {
    """
    <ol class="actions">
    \(actions.map(item).joined())</ol>

    """
  }

  private func item(_ action: RecordedAction) -> Markup {
    let outcome = action.outcome
    var facts = PageText.moment(action.intent.at) + " UTC"
    if let took = action.took { facts += ", took \(took.roundedText)" }
    if let environment = action.environment { facts += ", in \(environment)" }
    if namesRuns { facts += ", run \(action.runID)" }
    var item: Markup = """
      <li id="action-\(action.number)"><h3><span class="badge">\(action.number)</span>\
      \(action.summary) \(PageParts.word(outcome.words, outcome.tone))</h3>
      <p class="soft">\(facts)</p>

      """
    if let evidence = action.evidence { item += "<p>\(evidence)</p>\n" }
    let commands = action.byHand.isEmpty ? action.calls : action.byHand
    if !commands.isEmpty {
      item += """
        <p class="caption">\(action.byHand.isEmpty ? "what was sent" : "the same by hand")</p>

        """
    }
    for (index, command) in commands.enumerated() {
      let label = "Command \(index + 1) of action \(action.number)"
      item += PageParts.command(command, label: label)
    }
    return item + "</li>\n"
  }
}

/// The steps of a run, each with how long it took and when.
struct StepTable {
  let steps: [RecordedStep]
  let scale: TimeScale

  var markup: Markup {
    """
    <div class="scroll"><table class="steps"><thead><tr><th class="number">#</th><th>step</th>\
    <th>outcome</th><th class="number">took</th><th class="wideonly">when</th></tr></thead><tbody>
    \(steps.enumerated().map(row).joined())</tbody></table></div>

    """
  }

  private func row(_ index: Int, _ step: RecordedStep) -> Markup {
    let (words, tone) = step.words
    let number = Int(step.number ?? Int64(index + 1))
    let name: Markup =
      step.typed == nil ? "\(step.title)" : "<code>\(step.title)</code>"
    let reason: Markup = step.reason.map { "<br><span class=\"soft\">\($0)</span>" } ?? Markup()
    return """
      <tr><td class="number">\(number)</td><td>\(name)\(reason)</td>\
      <td>\(PageParts.word(words, tone))</td>\
      <td class="number">\(step.took?.roundedText ?? "–")</td>\
      <td class="wideonly">\(bar(step, tone))</td></tr>

      """
  }

  private func bar(_ step: RecordedStep, _ tone: TranscriptEvent.Tone) -> Markup {
    guard let took = step.took else { return Markup() }
    let end = Time(microseconds: step.start.at.microseconds + took.microseconds)
    let from = scale.percent(step.start.at)
    let width = max(scale.percent(end) - from, 0.6)
    let label =
      "from \(PageText.clock(step.start.at)) to \(PageText.clock(end)), \(took.roundedText)"
    return """
      <svg class="bar" role="img" aria-label="\(label)"><title>\(label)</title>\
      <rect class="\(tone.name)" x="\(Markup(trusted: PageText.number(from)))%" y="4" \
      width="\(Markup(trusted: PageText.number(width)))%" height="14" rx="3"/></svg>
      """
  }
}

/// Small pieces that several parts of a page are made of.
enum PageParts {
  static func word(_ text: String, _ tone: TranscriptEvent.Tone) -> Markup {
    "<span class=\"word \(tone.name)\">\(text)</span>"
  }

  /// A command that a keyboard reaches and one click selects as a whole.
  static func command(_ text: String, label: String) -> Markup {
    """
    <pre class="command" tabindex="0" role="group" aria-label="\(label)"><code>\(text)</code></pre>

    """
  }

  static func facts(_ facts: [(name: String, value: String)]) -> Markup {
    let rows = facts.map { fact -> Markup in
      let style: Markup = fact.value.utf8.count > 40 ? " class=\"wide\"" : Markup()
      return "<div\(style)><dt>\(fact.name)</dt><dd>\(fact.value)</dd></div>\n"
    }
    return """
      <dl class="facts">
      \(rows.joined())</dl>

      """
  }
}

extension TranscriptEvent.Tone {
  /// The name of its style.
  var name: String {
    switch self {
    case .heading: "heading"
    case .plain: "plain"
    case .faint: "faint"
    case .good: "good"
    case .bad: "bad"
    case .doubtful: "doubtful"
    }
  }
}
