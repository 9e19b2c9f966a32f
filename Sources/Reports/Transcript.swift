package import Journals
package import Values

/// What a run's journal tells: what was typed, shown and done, to what, by whom, why, when.
package struct Transcript: Sendable {
  /// A text that the run was made from, as it was then.
  package struct Source: Sendable {
    package let name: String
    package let sha256: String
    /// Nothing if the run's folder does not hold it any more.
    package let text: String?

    package init(name: String, sha256: String, text: String?) {
      self.name = name
      self.sha256 = sha256
      self.text = text
    }
  }

  package let runID: String
  /// `ok`, `failed`, `running`, `in doubt` or `open`.
  package let state: String
  package let sources: [Source]
  package let records: [JournalRecord]
  /// The hash over all records.
  package let head: String

  /// Reads a run by its id.
  ///
  /// - Throws: what the store throws; `doesNotVerify` if a record is not what was written.
  package init(of id: String, in store: RunStore) throws(JournalError) {
    let reading = try store.read(id: id)
    let listed = reading.records.first?["texts"]?.arrayValue ?? []
    var sources: [Source] = []
    for text in listed {
      guard let name = text["name"]?.stringValue, let hash = text["sha256"]?.stringValue else {
        continue
      }
      let bytes = try? Folder.read(store.folder(of: id) + "/texts/" + hash)
      sources.append(
        Source(
          name: name,
          sha256: hash,
          text: (bytes ?? nil).map { String(decoding: $0, as: UTF8.self) }
        )
      )
    }
    self.init(
      runID: id,
      state: store.state(of: id, reading).name,
      sources: sources,
      records: reading.records,
      head: reading.head
    )
  }

  package init(
    runID: String,
    state: String,
    sources: [Source],
    records: [JournalRecord],
    head: String
  ) {
    self.runID = runID
    self.state = state
    self.sources = sources
    self.records = records
    self.head = head
  }

  /// The transcript in a format that `--as` names.
  ///
  /// - Throws: `usage` for a format that there is not.
  package func text(as format: String) throws(Failure) -> String {
    switch format {
    case "markdown": return markdown
    case "html": return try html()
    case "json": return json.text + "\n"
    case "asciicast": return asciicast
    default:
      throw Failure(
        .usage,
        "there is no transcript as '\(format)'",
        advice: ["the formats are markdown, html, json and asciicast"]
      )
    }
  }
}

extension Transcript {
  var created: JournalRecord? { records.first { $0.kind == .runCreated } }
  var finished: JournalRecord? { records.last { $0.kind == .runFinished } }

  /// What is known of the run as a whole, in the order in which people ask for it.
  var facts: [(name: String, value: String)] {
    var facts = [(name: "run", value: runID), ("state", state)]
    for name in ["operator", "host", "reason", "version"] {
      if let text = created?[name]?.stringValue, !text.isEmpty { facts.append((name, text)) }
    }
    for parameter in created?["parameters"]?.objectValue ?? [] {
      facts.append(
        (
          parameter.name,
          parameter.value["identity"]?.stringValue ?? EventText.plain(parameter.value)
        )
      )
    }
    if let start = records.first, let end = records.last {
      facts.append(("started", EventText.seconds(start.at)))
      facts.append(("ended", EventText.seconds(end.at)))
      if let span { facts.append(("took", span.roundedText)) }
    }
    if let exit = finished?["exit"]?.intValue { facts.append(("exit", String(exit))) }
    let targets = Set(records.compactMap { $0["plan"]?["target"]?["environment"]?.stringValue })
    if !targets.isEmpty { facts.append(("changed", targets.sorted().joined(separator: ", "))) }
    facts.append(("head", head))
    return facts
  }

  /// By the monotonic clock; by the wall's where the run went through several processes.
  var span: TimeSpan? {
    guard let start = records.first, let end = records.last else { return nil }
    let monotonic = end.monotonic - start.monotonic
    let wall = end.at.microseconds - start.at.microseconds
    let isOneProcess = !records.contains { $0.kind == .journalRecovered || $0.kind == .runPaused }
    return TimeSpan(microseconds: isOneProcess && monotonic >= 0 ? monotonic : max(0, wall))
  }

  /// The sources worth showing: at the prompt the lines themselves tell it.
  var shownSources: [Source] { sources.filter { $0.text?.isEmpty != true } }

  /// What happened, in order.
  var events: [TranscriptEvent] {
    var began: [String: JournalRecord] = [:]
    return records.map { record in
      let key = TranscriptEvent.pairKey(of: record)
      if let key, key.isBeginning { began[key.name] = record }
      let beginning = key.flatMap { $0.isBeginning ? nil : began[$0.name] }
      return TranscriptEvent(record, after: beginning, sinceStart: records.first)
    }
  }
}
