import Foundation
import Journals
import Reports
import Sinks
import Testing
import Values

@Suite struct TranscriptTests {
  private let run: TestRun
  private let transcript: Transcript

  init() throws {
    run = try TestRun()
    transcript = try Transcript(of: TestRun.id, in: run.store)
  }

  @Test func `the terminal shows who, why, what, and how it ended`() {
    let text = transcript.lines.map(\.text).joined(separator: "\n")
    for expected in [
      "operator  mia", "reason    500s since 03:00", "env       production", "state     failed",
      "exit      3", "changed   production", "    do production.pause()",
      "  asked\n    this pauses production\n    type production: ",
      "answered 'production' after 4.2s", "took the lock of production",
      "production is prj_1, as expected", "does: pause production\n    POST https://api/pause",
      "unknown: the connection broke", "looked whether it was done: done",
      "note: customers were told", "does not hold: health is ok",
      "step 1: Pause *everything* | now: failed, expected health is ok",
      "ended failed, exit 3: expected health is ok",
    ] {
      #expect(text.contains(expected))
    }
  }

  @Test func `Markdown holds what was said as text only`() throws {
    let markdown = try transcript.text(as: "markdown")
    #expect(markdown.hasPrefix("# Run 20261123-0300-abcd\n\n| | |\n| --- | --- |\n"))
    #expect(markdown.contains("| reason | 500s since 03:00 |"))
    #expect(markdown.contains(#"step 1: Pause \*everything\* \| now"#))
    #expect(markdown.contains("````\n{\"state\":\"ready ``` <b>\"}\n````\n"))
    #expect(markdown.contains("```opsh\ndo production.pause()\n```\n"))
    #expect(markdown.contains("**unknown: the connection broke** (took "))
  }

  @Test func `JSON has every record, and the texts`() throws {
    let json = try JSON.parse(Array(try transcript.text(as: "json").utf8))
    #expect(json["operator"] == "mia")
    #expect(json["exit"] == 3)
    #expect(json["head"]?.stringValue == run.head)
    #expect(json["texts"]?[0]?["text"] == "do production.pause()\n")
    let events = json["events"]?.arrayValue ?? []
    #expect(events.map { $0["n"]?.intValue } == (0...14).map { Int64($0) })
    #expect(events[8]["kind"] == "outcome")
    #expect(events[8]["words"] == "unknown: the connection broke")
    #expect((events[8]["took"]?.numberValue ?? -1) >= 0)
  }

  @Test(arguments: JournalRecord.Kind.allCases)
  func `every kind of record has words, also without its fields`(_ kind: JournalRecord.Kind) {
    let record = JournalRecord(
      sequence: 0,
      kind: kind,
      at: Time(microseconds: 0),
      monotonic: 0,
      fields: []
    )
    let transcript = Transcript(
      runID: "r",
      state: "open",
      sources: [],
      records: [record],
      head: ""
    )
    let words = transcript.json["events"]?[0]?["words"]?.stringValue
    #expect(words?.isEmpty == false)
  }

  @Test func `a line at the prompt is shown as it was typed`() {
    let record = JournalRecord(
      sequence: 0,
      kind: .stepStarted,
      at: Time(microseconds: 0),
      monotonic: 0,
      fields: [.init("typed", "production.status")]
    )
    let transcript = Transcript(
      runID: "r",
      state: "ok",
      sources: [],
      records: [record],
      head: ""
    )
    let lines = transcript.lines.map(\.text)
    #expect(lines.suffix(2) == ["1970-01-01T00:00:00Z  typed", "    production.status"])
  }

  @Test func `an empty text is not shown`() throws {
    let prompt = try TestRun(sources: [("[tty]", "")])
    let markdown = try Transcript(of: TestRun.id, in: prompt.store).markdown
    #expect(!markdown.contains("What was run"))
  }

  @Test func `another format is told with those there are`() throws {
    let failure = try #require(throws: Failure.self) { try transcript.text(as: "pdf") }
    #expect(failure.message == "there is no transcript as 'pdf'")
    #expect(failure.advice == ["the formats are markdown, html, json and asciicast"])
  }
}
