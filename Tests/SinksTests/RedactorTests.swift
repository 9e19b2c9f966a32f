import Foundation
import Sinks
import Testing
import Values

@Suite struct RedactorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let secret: String
    let chunks: [[UInt8]]
    let needle: [UInt8]
    let form: String

    var testDescription: String { "\(name) as \(form) in \(chunks.count) chunks" }
  }

  static let cases: [Case] = {
    guard let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures"),
      let files = try? FileManager.default.contentsOfDirectory(
        at: folder,
        includingPropertiesForKeys: nil
      )
    else { return [] }
    return files.filter { $0.pathExtension == "jsonl" }.flatMap { file in
      ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n")
        .compactMap { line in
          guard let json = try? JSON.parse(String(line)), json["scope"] == "must-mask",
            let name = json["secret_name"]?.stringValue,
            let secret = json["secret"]?.stringValue,
            let needle = bytes(json["needle_b64"]),
            let chunks = json["chunks_b64"]?.arrayValue?.compactMap({ bytes($0) })
          else { return nil }
          return Case(
            name: name,
            secret: secret,
            chunks: chunks,
            needle: needle,
            form: json["form"]?.stringValue ?? ""
          )
        }
    }
  }()

  static func bytes(_ json: JSON?) -> [UInt8]? {
    (json?.stringValue).flatMap { Data(base64Encoded: $0) }.map { Array($0) }
  }

  func redact(_ chunks: [[UInt8]], _ secrets: Secret...) -> String {
    let registry = SecretRegistry()
    for secret in secrets { registry.add(secret) }
    var redactor = Redactor(registry: registry)
    var output: [UInt8] = []
    for chunk in chunks { redactor.write(chunk, into: &output) }
    redactor.finish(into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  func redact(_ text: String, _ secrets: Secret...) -> String {
    let registry = SecretRegistry()
    for secret in secrets { registry.add(secret) }
    return Redactor.redact(text, registry: registry)
  }

  @Test func `the sample of cases is there`() {
    #expect(Self.cases.count > 100)
  }

  @Test(arguments: cases)
  func `a declared secret survives in no form and no cut`(_ sample: Case) {
    let output = redact(sample.chunks, Secret(name: sample.name, text: sample.secret))
    let whole = String(decoding: sample.needle, as: UTF8.self)
    #expect(!output.contains(whole))
    #expect(output.contains("‹"))
    // Beyond the needle as a whole: no long piece of the secret's own letters is left.
    let letters = Array(sample.secret.filter { $0 > " " })
    let left = output.filter { $0 > " " }
    for start in 0..<max(0, letters.count - 11) {
      let piece = String(letters[start..<start + 12])
      let isLabel = "-----BEGINPRIVATEKEY----------ENDPRIVATEKEY-----".contains(piece)
      #expect(isLabel || !left.contains(piece))
    }
  }

  @Test(arguments: cases)
  func `a declared secret survives in no byte by byte feed`(_ sample: Case) {
    let bytes = sample.chunks.flatMap { $0 }
    let output = redact(bytes.map { [$0] }, Secret(name: sample.name, text: sample.secret))
    #expect(!output.contains(String(decoding: sample.needle, as: UTF8.self)))
    #expect(output.contains("‹"))
    #expect(output == redact([bytes], Secret(name: sample.name, text: sample.secret)))
  }

  @Test func `what surrounds a secret stays as it was`() {
    let secret = Secret(name: "TOKEN", text: "tok_0123456789")
    #expect(redact("a tok_0123456789 b", secret) == "a ‹TOKEN› b")
    #expect(redact("tok_012345678 is another", secret) == "tok_012345678 is another")
    #expect(redact("", secret) == "")
  }

  @Test func `the longest secret names the mask and overlapping ones leave no rest`() {
    let short = Secret(name: "A", text: "abcdefgh")
    let long = Secret(name: "B", text: "abcdefghijkl")
    let next = Secret(name: "C", text: "efghijklmnop")
    #expect(redact("x abcdefghijkl y", short, long) == "x ‹B› y")
    #expect(redact("x abcdefghijklmnop y", short, next) == "x ‹C› y")
    #expect(redact("abcdefghabcdefgh", short) == "‹A›‹A›")
  }

  @Test func `a short secret is masked only in a shape`() {
    let secret = Secret(name: "PIN", text: "hunter2")
    #expect(redact("hunter2 went home", secret) == "hunter2 went home")
    #expect(
      redact("postgresql://app:hunter2@db/x", secret) == "postgresql://app:‹password›@db/x"
    )
  }

  @Test(arguments: [
    ("postgres://u@h:5432/db", "postgres://u@h:5432/db"),
    ("https://x.io/a:b@c", "https://x.io/a:b@c"),
    ("redis://:pw@h", "redis://:‹password›@h"),
    ("> Authorization: Bearer abc\r\n< HTTP", "> Authorization: Bearer ‹authorization›\r\n< HTTP"),
    (
      #"{"authorization":"Bearer abc","b":1}"#, #"{"authorization":"Bearer ‹authorization›","b":1}"#
    ),
    (
      #"curl -H "Authorization: Bearer $VERCEL_TOKEN" 'https://x'"#,
      #"curl -H "Authorization: Bearer $VERCEL_TOKEN" 'https://x'"#
    ),
    (#"-H "Authorization: Bearer $3cret""#, #"-H "Authorization: Bearer ‹authorization›""#),
    ("Set-Cookie: sid=abc; HttpOnly\nx", "Set-Cookie: sid=‹cookie›\nx"),
    (
      "k\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nz",
      "k\n‹private key›\nz"
    ),
    ("-----BEGIN CERTIFICATE-----\nMII\n", "-----BEGIN CERTIFICATE-----\nMII\n"),
    ("postgres://u:p@ss@h/db", "postgres://u:‹password›@h/db"),
    (#"{"u":"postgres:\/\/u:pw@h\/db"}"#, #"{"u":"postgres:\/\/u:‹password›@h\/db"}"#),
    ("postgres://h/db?user=u&password=p:w&x=1", "postgres://h/db?user=u&password=‹password›&x=1"),
    ("Authorization: Bearer abc<br>next", "Authorization: Bearer ‹authorization›<br>next"),
    ("Authorization: abc123 def", "Authorization: ‹authorization›"),
    (
      "Authorization: Digest username=\"u\", response=\"6629\"\nx",
      "Authorization: Digest ‹authorization›\nx"
    ),
    (#"{"set-cookie":["a=1; Path=/","b=2"],"c":1}"#, #"{"set-cookie":["a=‹cookie›],"c":1}"#),
    (
      #"{"h":"Authorization: Bearer abc\r\nHost: x"}"#,
      #"{"h":"Authorization: Bearer ‹authorization›\r\nHost: x"}"#
    ),
    (
      #"{\"authorization\":\"Bearer abc\",\"b\":1}"#,
      #"{\"authorization\":\"Bearer ‹authorization›\",\"b\":1}"#
    ),
    (
      "-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQ\n-----END PGP PRIVATE KEY BLOCK-----\n",
      "‹private key›\n"
    ),
    ("https://x/?password=hint#a", "https://x/?password=‹password›"),
    ("authorized: yes", "authorized: yes"),
    ("the authorization failed", "the authorization failed"),
  ])
  func `shapes are masked without any declared secret`(_ input: String, _ expected: String) {
    #expect(redact(input) == expected)
    #expect(redact(input.utf8.map { [$0] }) == expected)
  }

  @Test func `a secret that is added later counts from then on`() {
    let registry = SecretRegistry()
    var redactor = Redactor(registry: registry)
    var output: [UInt8] = []
    redactor.write(Array("one tok_0123456789 ".utf8), into: &output)
    registry.add(Secret(name: "T", text: "tok_0123456789"))
    redactor.write(Array("two tok_0123456789 ".utf8), into: &output)
    redactor.finish(into: &output)
    #expect(String(decoding: output, as: UTF8.self) == "one tok_0123456789 two ‹T› ")
  }

  @Test func `a secret's own escapes do not hide it`() {
    let secret = Secret(name: "S", text: #"ab\nope\\tail"#)
    #expect(redact(#"x ab\nope\\tail y"#, secret) == "x ‹S› y")
    #expect(redact(#""ab\\nope\\\\tail""#, secret) == #""‹S›""#)
    let lines = Secret(name: "L", text: "ab\nnope\nnail")
    #expect(redact(#"x ab\nnope\nnail y"#, lines) == "x ‹L› y")
  }

  /// None of these may take longer than its length.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "\\", "%25", "&amp;", "\u{1B}[", "\u{1B}]", "tok_", "t\\n", "t ", "://", "://?", "://a:b@",
      "Authorization: ", "-----BEGIN PRIVATE KEY-----", "Cookie: a=\\", "\\u0074", "t\u{200B}",
    ]
  )
  func `what is made to take long does not`(_ piece: String) {
    let registry = SecretRegistry()
    registry.add(Secret(name: "T", text: "tok_0123456789"))
    registry.add(Secret(name: "U", text: "ttttttttttttttttttttx"))
    let bytes = Array(String(repeating: piece, count: 200_000 / piece.utf8.count).utf8)
    for size in [bytes.count, 4096, 100] {
      var redactor = Redactor(registry: registry)
      var output: [UInt8] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        redactor.write(Array(bytes[start..<min(start + size, bytes.count)]), into: &output)
      }
      redactor.finish(into: &output)
      #expect(!output.isEmpty)
    }
  }

  @Test func `letters beyond ASCII are found escaped and percent-encoded`() {
    let secret = Secret(name: "S", text: "pässwörd😀x")
    #expect(redact(#"p\u00e4ssw\u00f6rd\ud83d\ude00x"#, secret) == "‹S›")
    #expect(redact("p%C3%A4ssw%c3%b6rd%F0%9F%98%80x", secret) == "‹S›")
    #expect(redact("p&#228;ssw&#xf6;rd&#128512;x", secret) == "‹S›")
  }
}
