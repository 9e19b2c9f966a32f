import RedactionTestSupport
import Sinks
import Values

/// Prints what a byte costs on its way out, for `scripts/bench`: redactor and sanitiser with fifty
/// secrets declared.
@main struct SinkBenchmark {
  static func main() throws {
    let registry = SecretRegistry()
    var draw = Seeded(1)
    var secrets: [Secret] = []
    while secrets.count < 50 { secrets += SeededSecrets.all(using: &draw) }
    for secret in secrets.prefix(50) { registry.add(secret) }
    let plain = Corpus.log
    print("plain \(try cost(plain, registry))")
    print("rows \(try cost(Corpus.rows, registry))")
    print("rows-without \(try cost(Corpus.rows, SecretRegistry(), isFiltered: false))")
    var worst = ("", 0.0)
    // The names of hostile texts as arguments leave the others out.
    let chosen = CommandLine.arguments.dropFirst()
    for (name, bytes) in Corpus.hostile(secrets.prefix(50).map { $0 })
    where chosen.isEmpty || chosen.contains(name) {
      let cost = try cost(bytes, registry)
      print("hostile \(cost) \(name)")
      if cost > worst.1 { worst = (name, cost) }
    }
    print("worst \(worst.1) \(worst.0)")
  }

  private final class Nowhere: ByteWriter {
    func write(_ bytes: [UInt8]) throws(SinkError) {}
    func flush() throws(SinkError) {}
  }

  /// Nanoseconds a byte, the best of five, in chunks as programs write them.
  private static func cost(
    _ bytes: [UInt8],
    _ registry: SecretRegistry,
    isFiltered: Bool = true
  ) throws -> Double {
    let size = 65_536
    let chunks = stride(from: 0, to: bytes.count, by: size).map {
      Array(bytes[$0..<min($0 + size, bytes.count)])
    }
    var best = Double.infinity
    for _ in 0..<5 {
      let audience: Sink.Audience = isFiltered ? .terminal(usesColor: false) : .program
      let sink = Sink(to: Nowhere(), registry: registry, audience: audience)
      let start = Time.monotonicMicroseconds()
      for chunk in chunks { try sink.write(chunk) }
      try sink.flush()
      let spent = Double(Time.monotonicMicroseconds() - start)
      best = min(best, spent * 1000 / Double(bytes.count))
    }
    return (best * 100).rounded() / 100
  }
}

private enum Corpus {
  static let size = 8_000_000

  private static func filled(_ piece: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + piece.count)
    while bytes.count < size { bytes += piece }
    return bytes
  }

  private static func filled(_ text: String) -> [UInt8] { filled(Array(text.utf8)) }

  static let log = filled(
    """
    2026-11-23 03:01:22 GET /dashboard 200 in 41 ms, 3 rows from orders where state is ready
    2026-11-23 03:01:23 the queue holds 12 messages, the oldest is 4 s old; nothing is dead
    2026-11-23 03:01:25 WARN retry 2 of 5 for job usage aggregation, next in 30 s

    """
  )

  static let rows: [UInt8] = {
    var bytes: [UInt8] = []
    var number: UInt64 = 1
    while bytes.count < size {
      number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let name = String(number, radix: 16)
      bytes += "\(bytes.count),\(name)\(name),\(number % 100_000).5,2026-01-01 00:00:01\n".utf8
    }
    return bytes
  }()

  /// What is made to take long: beginnings of secrets, escapes without end, shapes without end.
  static func hostile(_ secrets: [Secret]) -> [(String, [UInt8])] {
    var draw = Seeded(7)
    let beginnings = secrets.flatMap { secret in
      secret.withExposedText { Array($0.utf8.prefix(7)) }
    }
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    func noise(_ letters: String) -> [UInt8] {
      filled(Array(SeededSecrets.word(letters, 40_000, &draw).utf8))
    }
    return [
      ("beginnings of secrets", filled(beginnings)), ("one beginning", filled("vck_")),
      ("base64", noise(alphabet)), ("hexadecimal", noise("0123456789abcdef")),
      ("percent", filled("%41%42%63")), ("percent without end", filled("%25")),
      ("entities", filled("&amp;&#65;&lt;")), ("backslashes", filled("\\")),
      ("escapes", filled("\\x41\\u0042\\103\\n")), ("soft", filled("v c k _ ")),
      ("colours", filled("v\u{1B}[31mc\u{1B}[0mk")), ("no width", filled("v\u{200B}c\u{200B}")),
      ("dashes", filled("----------")), ("keys", filled("-----BEGIN PRIVATE KEY-----")),
      ("headers", filled("Authorization: Bearer ")), ("cookies", filled("cookie: co=")),
      ("URIs", filled("://a:b@c/?password=")), ("controls", filled("\u{1}\u{2}\u{3}")),
    ]
  }
}
