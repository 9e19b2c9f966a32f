internal import Formats
internal import Journals
package import Values

extension Transcript {
  /// The transcript as one HTML file that is read offline.
  ///
  /// - Throws: `journal` where nothing can be hashed.
  package func html() throws(Failure) -> String {
    let actions = RecordedAction.all(of: self)
    var measurements = RecordedMeasurements()
    measurements.add(records)
    let scale = TimeScale(Story.range(of: [self], measurements))
    var main = Story.charts(measurements, actions, scale)
    if !actions.isEmpty {
      main += "<section id=\"actions\" aria-labelledby=\"actions-title\">\n"
      main += "<h2 id=\"actions-title\">What was done</h2>\n"
      main += ActionList(actions: actions, namesRuns: false).markup + "</section>\n"
    }
    let steps = RecordedStep.all(of: self)
    if !steps.isEmpty {
      main += "<section id=\"steps\" aria-labelledby=\"steps-title\">\n"
      main += "<h2 id=\"steps-title\">Steps</h2>\n"
      main += StepTable(steps: steps, scale: TimeScale(Story.span(of: [self]))).markup
      main += "</section>\n"
    }
    main += """
      <section id="timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">What happened</h2>
      \(Timeline([.init(transcript: self, prefix: "r", source: "")]).markup)</section>
      \(texts)
      """
    return try Story.page(title: title, header: header, main: main, footer: footer)
  }

  /// What people call the run.
  var title: String {
    guard let name = created?["texts"]?[0]?["name"]?.stringValue else { return "Run \(runID)" }
    switch name {
    case "[tty]": return "A session at the prompt"
    case "-c", "-": return "A piece of code"
    default: return String(name.split(separator: "/").last ?? "Run")
    }
  }

  /// Shown in colour and in a word.
  var stateTone: TranscriptEvent.Tone {
    switch state {
    case "ok": .good
    case "failed", "does not verify": .bad
    default: .doubtful
    }
  }

  private var header: Markup {
    let who = (created?["operator"]?.stringValue).map { " by \($0)" } ?? ""
    let host = (created?["host"]?.stringValue).map { " on \($0)" } ?? ""
    let when = records.first.map { " at \(PageText.moment($0.at)) UTC" } ?? ""
    let took = span.map { ", took \($0.roundedText)" } ?? ""
    let known: Set<String> = ["operator", "host", "state", "started", "ended", "took"]
    return """
      <h1>\(title) \(PageParts.word(state, stateTone))</h1>
      <p class="lead">Run\(who)\(host)\(when)\(took).</p>
      \(PageParts.facts(facts.filter { !known.contains($0.name) }))
      """
  }

  private var texts: Markup {
    let sources = shownSources
    guard !sources.isEmpty || commandLine != nil else { return Markup() }
    var markup: Markup = """
      <section id="texts" aria-labelledby="texts-title">
      <h2 id="texts-title">What was run</h2>

      """
    if let commandLine { markup += PageParts.command(commandLine, label: "How it was started") }
    for source in sources {
      let text = source.text ?? "The text is not in the run's folder any more."
      markup += """
        <details><summary>\(source.name)</summary>
        <p class="caption mono">sha256 \(source.sha256)</p>
        <pre tabindex="0">\(text)</pre></details>

        """
    }
    return markup + "</section>\n"
  }

  private var footer: Markup {
    """
    <p>Made by opsh from the record of run \(runID), which holds \(records.count) entries, each \
    bound to all before it. Every time is UTC. To see that the record is what was written:</p>
    \(PageParts.command(verifyLine, label: "How to verify the record"))
    """
  }

  /// Checks the chain, and that it ends where this page says.
  var verifyLine: String { "opsh transcript verify \(runID) --head \(head)" }

  /// How the run was started; nothing where the record does not say.
  var commandLine: String? {
    guard let name = created?["texts"]?[0]?["name"]?.stringValue else { return nil }
    switch name {
    case "[tty]": return "opsh"
    case "-": return nil
    case "-c": return (sources.first?.text).map { "opsh -c " + Self.quoted($0) }
    default:
      let parameters = created?["parameters"]?.objectValue ?? []
      return
        (["opsh", Self.quoted(name)]
        + parameters.compactMap { parameter in
          Self.word(parameter.value).map { Self.quoted(parameter.name + "=" + $0) }
        }).joined(separator: " ")
    }
  }

  /// A parameter as the command line takes it; nothing for what only a record can hold.
  private static func word(_ value: JSON) -> String? {
    switch value {
    case .string(let text): text
    case .object: value["identity"]?.stringValue
    case .array(let values): values.compactMap(word).joined(separator: ",")
    case .null: nil
    default: value.text
    }
  }

  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "-_./=:,@%+".utf8.contains(byte)
      }
    }
    guard !isPlain || word.isEmpty else { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }
}
