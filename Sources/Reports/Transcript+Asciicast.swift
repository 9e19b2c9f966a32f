internal import Journals
internal import Sinks
internal import Values

extension Transcript {
  /// The transcript as an asciicast, version 2 (docs.asciinema.org/manual/asciicast/v2): a header,
  /// then an event a line, each with the seconds since the beginning.
  ///
  /// A record holds what was typed, asked, answered and done, not every byte that was on a screen:
  /// that is what is played.
  package var asciicast: String {
    var header: [JSON.Member] = [
      .init("version", 2), .init("width", .int(Self.castWidth)), .init("height", 30),
    ]
    if let first = records.first {
      header.append(.init("timestamp", .int(first.at.microseconds / 1_000_000)))
    }
    let elapsed = elapsedSpans
    if let last = elapsed.last { header.append(.init("duration", .number(last.inSeconds))) }
    // Whoever watches it need not wait as long as those who were there.
    header.append(.init("idle_time_limit", 2))
    header.append(.init("title", .string(title + ", run " + runID)))
    if let commandLine { header.append(.init("command", .string(commandLine))) }
    var text = JSON.object(header).text + "\n"
    for (event, span) in zip(events, elapsed) {
      let seconds = JSON.number(span.inSeconds)
      if event.record.kind == .stepStarted {
        text += JSON.array([seconds, "m", .string(event.detail ?? event.words)]).text + "\n"
      }
      text += JSON.array([seconds, "o", .string(Self.screen(event))]).text + "\n"
    }
    return text
  }

  private static let castWidth: Int64 = 100

  /// From the first record to each; never less than to the one before.
  private var elapsedSpans: [TimeSpan] {
    var elapsed: Int64 = 0
    var last: JournalRecord?
    return records.map { record in
      if let last {
        let monotonic = record.monotonic - last.monotonic
        // The machine was started again in between.
        let wall = record.at.microseconds - last.at.microseconds
        elapsed += monotonic >= 0 ? monotonic : max(0, wall)
      }
      last = record
      return TimeSpan(microseconds: elapsed)
    }
  }

  private static func screen(_ event: TranscriptEvent) -> String {
    let record = event.record
    switch record.kind {
    case .stepStarted where event.detail != nil:
      return line(StyledText("opsh> ", .bold) + StyledText(event.detail ?? ""))
    case .promptShown:
      let lines = (event.detail ?? "").split(separator: "\n", omittingEmptySubsequences: false)
      let shown = lines.map { StyledText(String($0), .bold).styled }
      // The answer follows on the same line.
      return shown.joined(separator: "\r\n")
    case .promptAnswered:
      return line(StyledText(record["answer"]?.stringValue ?? ""))
    default: break
    }
    var text = line(StyledText(event.words, event.tone.style))
    for detail in (event.detail ?? "").split(separator: "\n") {
      text += line(StyledText("    " + detail, .faint))
    }
    return text
  }

  private static func line(_ text: StyledText) -> String { text.styled + "\r\n" }
}
