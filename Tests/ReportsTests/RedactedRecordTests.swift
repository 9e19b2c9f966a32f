import Foundation
import Journals
import RedactionTestSupport
import Reports
import Sinks
import Testing
import Values

/// Secrets in every form, wherever a record holds text: none is in the journal or in an export of it.
@Suite struct RedactedRecordTests {
  @Test(arguments: ["journal", "markdown", "html", "json", "asciicast", "postmortem"])
  func `no secret is in a record or in what is made of it`(_ kind: String) throws {
    let given = ProcessInfo.processInfo.environment["OPSH_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 0..<1_000_000)
    var draw = Seeded(seed)
    let registry = SecretRegistry()
    let secrets = SeededSecrets.all(using: &draw)
    for secret in secrets { registry.add(secret) }
    let folder = FileManager.default.temporaryDirectory.appending(path: "opsh-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = RunStore(path: folder.path)
    let journal = try store.create(
      id: "r",
      texts: [],
      fields: [.init("operator", "mia")],
      registry: registry
    )
    var cores: [(form: String, secret: Secret, core: [UInt8])] = []
    for form in SecretForm.all {
      for secret in secrets {
        let (core, whole) = form.text(of: secret)
        let text = JSON.string(String(decoding: whole, as: UTF8.self))
        cores.append((form.name, secret, core))
        try journal.append(.note, [.init("text", text)], durable: false)
        try journal.append(.read, [.init("result", ["rows": [["a": text]]])], durable: false)
      }
    }
    let bytes: [UInt8]
    switch kind {
    case "journal":
      bytes = Array(try Data(contentsOf: URL(fileURLWithPath: store.journalPath(of: "r"))))
    case "postmortem":
      let draft = PostMortem(try IncidentStory(ofRun: "r", in: store))
      bytes = Array(try draft.text(as: "markdown").utf8)
    case "html":
      // As its reader reads it: a quote that is written in six letters is still one letter.
      let page = try Transcript(of: "r", in: store).text(as: kind)
      bytes = Array(
        page.replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
          .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
          .utf8
      )
    default: bytes = Array(try Transcript(of: "r", in: store).text(as: kind).utf8)
    }
    // The whole is long, so its pieces are looked for at once.
    let found = Survivors.all(cores.map { ($0.secret, $0.core) }, in: bytes)
    #expect(found == [], "OPSH_SEED=\(seed)")
    #expect(String(decoding: bytes, as: UTF8.self).ranges(of: "‹").count >= cores.count)
  }
}
