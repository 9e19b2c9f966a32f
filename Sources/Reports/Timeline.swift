internal import Formats
internal import Journals
internal import Values

/// What was typed, done and seen: an item for every record.
struct Timeline {
  /// A run's events and what tells its items from another run's on the same page.
  struct Part {
    let transcript: Transcript
    let prefix: String
    /// What the items say of where they are from; empty where that is plain.
    let source: String
  }

  let parts: [Part]

  init(_ parts: [Part]) {
    self.parts = parts
  }

  var markup: Markup {
    var entries: [(event: TranscriptEvent, part: Int)] = []
    for (index, part) in parts.enumerated() {
      entries += part.transcript.events.map { ($0, index) }
    }
    if parts.count > 1 {
      entries.sort { left, right in
        let (a, b) = (left.event.record, right.event.record)
        return (a.at, left.part, a.sequence) < (b.at, right.part, b.sequence)
      }
    }
    var markup: Markup = "<ol>\n"
    var day = ""
    for entry in entries {
      let today = PageText.day(entry.event.record.at)
      markup += item(entry.event, parts[entry.part], isNewDay: today != day)
      day = today
    }
    return markup + "</ol>\n"
  }

  private func item(_ event: TranscriptEvent, _ part: Part, isNewDay: Bool) -> Markup {
    let record = event.record
    var style = event.tone.name
    if record.kind == .intent { style += " action" }
    if isNewDay { style += " day" }
    let clock = PageText.clock(record.at)
    let day: Markup = isNewDay ? "<span class=\"date\">\(PageText.day(record.at))</span>" : Markup()
    let offset = event.offset.map { "+\($0.roundedText)" } ?? ""
    var item: Markup = """
      <li class="item \(style)" id="\(part.prefix)\(record.sequence)" \
      data-kind="\(record.kind.rawValue)">\(day)<time datetime="\(record.at.text)" title="\(offset)">\
      \(clock)</time><div><span class="words">\(event.words)</span>
      """
    if let took = event.took { item += "<span class=\"took\">took \(took.roundedText)</span>" }
    if !part.source.isEmpty { item += "<span class=\"source\">\(part.source)</span>" }
    item += detail(event)
    return item + "</div></li>\n"
  }

  private func detail(_ event: TranscriptEvent) -> Markup {
    guard let text = event.detail, !text.isEmpty else { return Markup() }
    switch event.record.kind {
    case .stepStarted: return PageParts.command(text, label: "Typed at the prompt")
    case .intent: return PageParts.command(text, label: "What was sent")
    case .promptShown: return "<pre>\(text)</pre>"
    case .read: return folded("what was seen", event.record["result"].map(JSONLayout.text) ?? text)
    default: return folded("more", text)
    }
  }

  private func folded(_ name: StaticString, _ text: String) -> Markup {
    """
    <details><summary>\(Markup(trusted: name.description))</summary><pre tabindex="0">\(text)</pre>\
    </details>
    """
  }
}

/// JSON over several lines, for people.
enum JSONLayout {
  static func text(_ json: JSON) -> String {
    var text = ""
    write(json, indent: "", to: &text)
    return text
  }

  private static func write(_ json: JSON, indent: String, to text: inout String) {
    let deeper = indent + "  "
    switch json {
    case .string(let value) where indent.isEmpty: text += value
    case .array(let elements) where !elements.isEmpty:
      text += "["
      for (index, element) in elements.enumerated() {
        text += (index == 0 ? "\n" : ",\n") + deeper
        write(element, indent: deeper, to: &text)
      }
      text += "\n\(indent)]"
    case .object(let members) where !members.isEmpty:
      text += "{"
      for (index, member) in members.enumerated() {
        text += (index == 0 ? "\n" : ",\n") + deeper + JSON.string(member.name).text + ": "
        write(member.value, indent: deeper, to: &text)
      }
      text += "\n\(indent)}"
    default: text += json.text
    }
  }
}
