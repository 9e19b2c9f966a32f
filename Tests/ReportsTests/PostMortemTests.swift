import Foundation
import Journals
import Reports
import Sinks
import Testing
import Values

@Suite struct PostMortemTests {
  private let draft: PostMortem

  init() throws {
    draft = PostMortem(try TestIncident.story())
  }

  private func lines(_ format: String = "markdown") throws -> String {
    try draft.text(as: format)
  }

  @Test func `the sections come in the order of the books`() throws {
    let headings = try lines().split(separator: "\n").filter { $0.hasPrefix("## ") }.map(
      String.init
    )
    #expect(
      headings == [
        "## Summary", "## Impact", "## Root causes", "## Timeline", "## Detection and recovery",
        "## What was done", "## What went well", "## What went wrong", "## Where we got lucky",
        "## Action items", "## Evidence",
      ]
    )
  }

  @Test func `what only a person can write is open and marked`() throws {
    let text = try lines()
    #expect(text.ranges(of: "> ✍ **To be written:**").count == 7)
    let html = try lines("html")
    #expect(html.ranges(of: "<p class=\"open\">").count == 7)
    let json = try JSON.parse(try lines("json"))
    for name in [
      "summary", "impact", "root_causes", "went_well", "went_wrong", "lucky", "action_items",
    ] {
      #expect(json[name]?["written"] == .null, "\(name)")
    }
  }

  @Test func `impact comes from what was measured`() throws {
    let text = try lines()
    #expect(text.contains("production: at the worst 7.8% of the requests failed (02:44:00)"))
    #expect(text.contains("0.3% are usual"))
    #expect(text.contains("p95 was at most"))
    // A thousand a minute, from 02:43 to 03:00.
    #expect(text.contains("production: at least 1264 of 18000 requests failed"))
  }

  @Test func `detection and recovery are told with how long they took`() throws {
    let text = try lines()
    #expect(text.contains("| it began | 2026-11-23 02:43:00 |  |"))
    #expect(text.contains("| somebody knew | 2026-11-23 02:58:00 | 15m later |"))
    #expect(text.contains("| the first change | 2026-11-23 03:01:15 | 18m15s later |"))
    #expect(text.contains("| it was well again | 2026-11-23 03:04:20 | 21m20s later |"))
  }

  @Test func `the timeline holds what was said, asked, typed and done, by whom`() throws {
    let text = try lines()
    for row in [
      "| 2026-11-23 02:58:00 | tom | incident opened: checkout answers 500, severity 1 |",
      "| 03:01:15 | mia | route all traffic of production back to dpl\\_8: unknown at first, then found"
        + " done after 5.2s |",
      "| 03:01:14 | mia | 'type production to do this': answered 'production' after 1m8s |",
      "| 03:08:00 | tom | incident: status monitoring: rolled back |",
      "| 03:20:00 | mia | incident closed |",
    ] {
      #expect(text.contains(row), "\(row)")
    }
    #expect(!text.contains("| measured"))
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| 0") || $0.hasPrefix("| 2026") }
    let times = rows.map {
      $0.suffix(from: $0.index($0.startIndex, offsetBy: 2)).prefix { $0 != "|" }
    }
    #expect(times.count >= 14)
  }

  @Test func `each change has its exact commands, its outcome and its run`() throws {
    let text = try lines()
    #expect(text.contains("### 1. route all traffic of production back to dpl\\_8\n"))
    #expect(
      text.contains("```sh\nvercel rollback dpl_8 --yes --token \"$VERCEL_TOKEN\"\ncurl -X POST")
    )
    #expect(text.contains("### 2. take the data of production back"))
    #expect(text.contains("took 49.5s, run 20261123-0300-abcd: **ok**"))
    #expect(text.contains("opsh transcript verify 20261123-0300-abcd --head 9d0c"))
  }

  @Test func `well, wrong and lucky begin with what the record shows`() throws {
    let text = try lines()
    #expect(text.contains("- 1 of 2 changes ended ok"))
    #expect(text.contains("- production was well again 1m9s after 'take the data"))
    #expect(
      text.contains("- whether 'route all traffic of production back to dpl\\_8' was done was not")
    )
  }

  @Test func `text from people who mean harm is only text`() throws {
    let text = try lines()
    #expect(!text.contains("<script>"))
    #expect(!text.contains("\u{202E}"))
    let html = try lines("html")
    #expect(!html.contains("<script>"))
    #expect(html.contains("&lt;script&gt;"))
  }

  @Test func `one run alone has a draft too`() throws {
    let run = try TestRun()
    let alone = PostMortem(try IncidentStory(ofRun: TestRun.id, in: run.store))
    let text = try alone.text(as: "markdown")
    #expect(text.hasPrefix("# Post-mortem: rollback.opsh, run 20261123-0300-abcd\n"))
    #expect(text.contains("In 1 run by mia, 1 change was made to production."))
    #expect(text.contains("does not hold: health is ok"))
  }

  @Test func `another format is told with those there are`() throws {
    let failure = try #require(throws: Failure.self) { try draft.text(as: "pdf") }
    #expect(failure.advice == ["the formats are markdown, html and json"])
  }
}
