internal import Formats
internal import Journals
internal import Values

extension PostMortem {
  /// The draft as one HTML file that is read offline.
  ///
  /// - Throws: `journal` where nothing can be hashed.
  func html() throws(Failure) -> String {
    let actions = story.actions
    var main = section("Summary", "<p>\(summary)</p>\n", Open.summary)
    main += section("Impact", list(impacts.flatMap(\.lines)), Open.impact)
    main += Story.charts(measurements, actions, TimeScale(range))
    main += section("Root causes", Markup(), Open.cause)
    main += """
      <section id="timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">Timeline</h2>
      \(timeline)</section>
      <section id="recovery" aria-labelledby="recovery-title">
      <h2 id="recovery-title">Detection and recovery</h2>
      \(recovery)</section>
      <section id="actions" aria-labelledby="actions-title">
      <h2 id="actions-title">What was done</h2>

      """
    main +=
      actions.isEmpty
      ? "<p>Nothing was changed.</p>\n"
      : ActionList(actions: actions, namesRuns: story.transcripts.count > 1).markup
    main += "</section>\n"
    main += section("What went well", list(wentWell), Open.well)
    main += section("What went wrong", list(wentWrong), Open.wrong)
    main += section("Where we got lucky", list(wasLucky), Open.lucky)
    main += section("Action items", list(unfinished), Open.actions)
    return try Story.page(
      title: "Post-mortem: \(title)",
      header: header,
      main: main,
      footer: footer
    )
  }

  private var header: Markup {
    """
    <h1>Post-mortem: \(title)</h1>
    <p class="lead">A draft that opsh made from the record. Every time is UTC.</p>
    \(PageParts.facts(facts))
    """
  }

  private func section(_ name: StaticString, _ facts: Markup, _ open: String) -> Markup {
    """
    <section><h2>\(Markup(trusted: name.description))</h2>
    \(facts)<p class="open">\(open)</p></section>

    """
  }

  private func list(_ lines: [String]) -> Markup {
    guard !lines.isEmpty else { return Markup() }
    return "<ul>\n\(lines.map { line -> Markup in "<li>\(line)</li>\n" }.joined())</ul>\n"
  }

  private var timeline: Markup {
    var rows = Markup()
    var day = ""
    for moment in story.moments {
      let today = PageText.day(moment.at)
      let time = today == day ? PageText.clock(moment.at) : PageText.moment(moment.at)
      day = today
      rows += """
        <tr class="item-row"><td class="number"><time datetime="\(moment.at.text)">\(time)</time></td>\
        <td class="who">\(moment.who)</td><td>\(moment.words)</td></tr>

        """
    }
    return """
      <div class="scroll"><table><thead><tr><th class="number">UTC</th><th>who</th><th>what</th>\
      </tr></thead><tbody>
      \(rows)</tbody></table></div>

      """
  }

  private var recovery: Markup {
    let rows = milestones.map { row -> Markup in
      """
      <tr><td>\(row.name)</td><td class="number">\(row.at.map(PageText.moment) ?? "–")</td>\
      <td>\(row.note)</td></tr>

      """
    }
    return """
      <div class="scroll"><table><tbody>
      \(rows.joined())</tbody></table></div>

      """
  }

  private var footer: Markup {
    let commands = story.transcripts.map { transcript in
      PageParts.command(
        transcript.verifyLine,
        label: "How to verify the record of run \(transcript.runID)"
      )
    }
    return "<p>That the records are what was written is seen with:</p>\n\(commands.joined())"
  }
}
