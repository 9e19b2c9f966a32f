import RedactionTestSupport
import Sinks
import Testing
import Values

/// What is passed over by its letters must be what a look at every place finds nothing in.
@Suite struct LetterFilterTests {
  private func redact(_ bytes: [UInt8], _ registry: SecretRegistry, everywhere: Bool) -> [UInt8] {
    var redactor = Redactor(registry: registry, looksEverywhere: everywhere)
    var output: [UInt8] = []
    redactor.write(bytes, into: &output)
    redactor.finish(into: &output)
    return output
  }

  private func expectSame(_ bytes: [UInt8], _ registry: SecretRegistry, _ note: String) {
    let all = redact(bytes, registry, everywhere: true)
    guard redact(bytes, registry, everywhere: false) != all else { return }
    Issue.record(
      """
      \(note)
      \(String(decoding: bytes, as: UTF8.self))
      \(String(decoding: all, as: UTF8.self))
      """
    )
  }

  /// What may stand between two letters, alone or beside others.
  private static let between: [String] = [
    " ", "  ", "\n", "\"", "'", "\\", "\\\\", "\\n", "\\u0020", "%20", "%0A", "&#32;", "\u{200B}",
    "\u{AD}", "\u{7F}", "\u{1}", "\u{1B}[0m", "\u{1B}[1;31m", "\\u001b[m", "+", "\\\n",
  ]
  /// What stands before and behind secrets.
  private static let around: [String] = [
    "", "=", "x", "abc", "key=", "\"key\": \"", "://u:", "//", "----", "___", "/a/b/", "a%20b",
    "2026-11-28 03:01:22 ", "é", "“", "\\", "\\\\n", "token ", "\t", "::1", "dead:beef:", "AAAA",
    "Cookie: ", "Authorization: ", "\u{1B}[0m", "&amp;", "@", "?password=",
  ]

  private static func words(_ draw: inout Seeded) -> [UInt8] {
    (0..<Int.random(in: 0...3, using: &draw)).flatMap { _ in
      Array((around.randomElement(using: &draw) ?? "").utf8)
    }
  }

  /// A form of a secret with something between some of its letters, in other text.
  private static func sample(_ secrets: [Secret], _ draw: inout Seeded) -> [UInt8] {
    guard let secret = secrets.randomElement(using: &draw),
      let form = SecretForm.all.randomElement(using: &draw)
    else { return [] }
    var text: [UInt8] = words(&draw)
    let share = Int.random(in: 0...30, using: &draw)
    for byte in form.text(of: secret).whole {
      if Int.random(in: 0..<100, using: &draw) < share {
        text += Array((between.randomElement(using: &draw) ?? "").utf8)
      }
      text.append(byte)
    }
    return text + words(&draw)
  }

  @Test func `the letters pass over nothing that is found by looking everywhere`() {
    let seed = UInt64.random(in: 0..<1_000_000)
    print("letters: seed=\(seed)")
    var draw = Seeded(seed)
    for _ in 0..<6 {
      let secrets = SeededSecrets.all(using: &draw)
      let registry = SecretRegistry()
      for secret in secrets { registry.add(secret) }
      for _ in 0..<400 {
        let text = Self.sample(secrets, &draw) + Self.sample(secrets, &draw)
        expectSame(text, registry, "seed \(seed)")
      }
    }
  }

  private static let registry: SecretRegistry = {
    let registry = SecretRegistry()
    for text in ["vck_Qm3xT9", "/--/ab:cdefg", "pässwörd", "ab %cd/ef", "aaaaaaab", "12345678"] {
      registry.add(Secret(name: "S", text: text))
    }
    return registry
  }()

  /// Each at every distance from the places at which the letters are asked.
  @Test(arguments: [
    "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n",
    "-----BEGIN X PRIVATE KEY-----", "Authorization: Bearer abc\n", "authorization:x",
    "Cookie: a=b\n", "set-cookie:a=b", "://u:p@h", #":\/\/u:p@h"#, "://h?password=p", "vck_Qm3xT9",
    "v c k _ Q m 3 x T 9", "76:63:6b:5f:51:6d:33:78:54:39", "7663-6b5f,516D 33785439",
    "dmNrX1FtM3hUO", "/--/ab:cdefg", "/-\n-/ab:c'de\"f g", "\\/--/ab:cdefg", "pässwörd",
    "ab %cd/ef",
    "ab+%cd/ef", "aaaaaaaaab", "12345678", "1'2'3'4'5'6'7'8", "p\u{8}pässwörd",
  ])
  func `a form is found wherever it begins`(_ form: String) {
    let registry = Self.registry
    var masked = false
    for length in 0..<9 {
      for filling in ["a", "-", "xyz ", "a:/\\"] {
        let before = String(repeating: filling, count: 12).utf8.prefix(length)
        let whole = Array(before) + Array(form.utf8)
        for after in ["", "abcdefgh", "\n\n\n%41"] {
          expectSame(whole + Array(after.utf8), registry, "")
        }
        let output = String(decoding: redact(whole, registry, everywhere: false), as: UTF8.self)
        masked = masked || output.contains("‹")
      }
    }
    #expect(masked)
  }

  /// Too few letters to go by.
  @Test func `a secret of signs is found all the same`() {
    let registry = SecretRegistry()
    registry.add(Secret(name: "S", text: "--:--/++a_b"))
    let output = redact(Array("some text --:--/++a_b and more".utf8), registry, everywhere: false)
    #expect(String(decoding: output, as: UTF8.self) == "some text ‹S› and more")
  }
}
