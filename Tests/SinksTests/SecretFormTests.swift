import Foundation
import RedactionTestSupport
import Sinks
import Testing
import Values

/// Secrets drawn by lot at each run, in every form that has a name; the seed is printed.
@Suite struct SecretFormTests {
  private static let seed: UInt64 = {
    let given = ProcessInfo.processInfo.environment["OPSH_SEED"].flatMap { UInt64($0) }
    let seed = given ?? .random(in: 0..<1_000_000)
    print("redaction: OPSH_SEED=\(seed)")
    return seed
  }()

  private static let secrets: [Secret] = {
    var draw = Seeded(seed)
    return SeededSecrets.all(using: &draw)
  }()

  private static let registry: SecretRegistry = {
    let registry = SecretRegistry()
    for secret in secrets { registry.add(secret) }
    return registry
  }()

  private func redact(_ chunks: [[UInt8]], _ registry: SecretRegistry = Self.registry) -> [UInt8] {
    var redactor = Redactor(registry: registry)
    var output: [UInt8] = []
    for chunk in chunks { redactor.write(chunk, into: &output) }
    redactor.finish(into: &output)
    return output
  }

  private func cut(_ bytes: [UInt8], at places: [Int]) -> [[UInt8]] {
    var chunks: [[UInt8]] = []
    var start = 0
    for place in places.sorted() + [bytes.count] {
      chunks.append(Array(bytes[start..<place]))
      start = place
    }
    return chunks
  }

  @Test(arguments: SecretForm.all.map(\.name))
  func `no secret survives in a form, however it is cut`(_ name: String) throws {
    let form = try #require(SecretForm.all.first { $0.name == name })
    var draw = Seeded(Self.seed &+ UInt64(name.utf8.count))
    for secret in Self.secrets {
      let (core, whole) = form.text(of: secret)
      let output = redact([whole])
      let words = String(decoding: output, as: UTF8.self)
      #expect(words.contains("‹"), "OPSH_SEED=\(Self.seed) \(secret.name): \(words)")
      let left = Survivors.find(of: secret, in: output, core: core)
      #expect(left == nil, "OPSH_SEED=\(Self.seed) \(secret.name): \(words)")
      var cuts = [Array(1..<whole.count)]
      for _ in 0..<3 {
        cuts.append((0..<4).map { _ in Int.random(in: 0...whole.count, using: &draw) })
      }
      for places in cuts {
        let again = redact(cut(whole, at: places))
        #expect(again == output, "OPSH_SEED=\(Self.seed) \(secret.name) cut at \(places)")
      }
    }
  }

  /// What was masked when it was recorded goes through another redactor when it is shown: that must
  /// not take away what stands behind it.
  @Test func `masking again takes no further line, also in JSON`() {
    for secret in Self.secrets {
      for form in SecretForm.all {
        let once = redact([form.text(of: secret).whole + Array(" end\nnext line".utf8)])
        let again = String(decoding: redact([once]), as: UTF8.self)
        #expect(again.hasSuffix("\nnext line"), "\(form.name) of \(secret.name): \(again)")
        let json = Array(JSON.string(String(decoding: once, as: UTF8.self)).text.utf8)
        let shown = String(decoding: redact([json]), as: UTF8.self)
        #expect(shown.hasSuffix("\\nnext line\""), "\(form.name) of \(secret.name): \(shown)")
      }
    }
  }

  @Test func `what surrounds a form stays, byte by byte`() throws {
    let secret = Self.secrets[0]
    for form in SecretForm.all where form.before.isEmpty && form.after.isEmpty {
      let (_, whole) = form.text(of: secret)
      let text = Array("[begin] ".utf8) + whole + Array(" [end]".utf8)
      let output = String(decoding: redact([text]), as: UTF8.self)
      #expect(output.hasPrefix("[begin] "), "\(form.name): \(output)")
      #expect(output.hasSuffix(" [end]"), "\(form.name): \(output)")
    }
  }

  /// With fifty secrets declared, what engineers read every day is shown as it is.
  @Test func `nothing is masked where there is no secret`() throws {
    var draw = Seeded(Self.seed)
    let registry = SecretRegistry()
    for _ in 0..<4 { for secret in SeededSecrets.all(using: &draw) { registry.add(secret) } }
    let root = (0..<3).reduce(#filePath) { path, _ in (path as NSString).deletingLastPathComponent }
    for name in ["README.md", "Package.swift", "Sources/Journals/Journal.swift", "scripts/bench"] {
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: root + "/" + name)))
      #expect(redact([bytes], registry) == bytes, "OPSH_SEED=\(Self.seed) \(name)")
    }
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for letters in [
      alphabet, "0123456789abcdef", "0123456789ABCDEF: ", #"\x0123456789abcdef"#, "%0123456789AF",
    ] {
      let noise = Array(SeededSecrets.word(letters, 20_000, &draw).utf8)
      #expect(redact([noise], registry) == noise, "OPSH_SEED=\(Self.seed) \(letters)")
    }
  }

  @Test func `a near miss is no secret`() {
    let registry = SecretRegistry()
    registry.add(Secret(name: "T", text: "vck_Qm3xT9pLw2Za"))
    for text in [
      "vck_Qm3xT9pLw2Z", "vck_Qm3xT9pLw2ZA", "VCK_QM3XT9PLW2ZA", "aZ2wLp9Tx3mQ_kcv",
      "vck_Qm3xT9-pLw2Za", "vck_Qm3xT9pLw2%5Aa ok".replacing("%5A", with: "%5B"), "vck_Qm3xT9",
      "dmNrX1FtM3hUOXBMdzJa0", "76636b5f516d337854",
    ] {
      #expect(redact([Array(text.utf8)], registry) == Array(text.utf8), "\(text)")
    }
  }
}
