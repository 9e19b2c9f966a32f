package import Values

/// A way in which a secret turns up in a text.
package struct SecretForm: Sendable {
  package let name: String
  /// What stands before and behind it.
  package let before: String
  package let after: String
  private let encode: @Sendable ([UInt8]) -> [UInt8]

  init(
    _ name: String,
    before: String = "",
    after: String = "",
    _ encode: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) {
    self.name = name
    self.before = before
    self.after = after
    self.encode = encode
  }

  /// The secret in this form, and the text that holds it.
  package func text(of secret: Secret) -> (core: [UInt8], whole: [UInt8]) {
    let core = encode(secret.withExposedText { Array($0.utf8) })
    return (core, Array(before.utf8) + core + Array(after.utf8))
  }

  package static let all: [SecretForm] =
    plain + percent + escapes + markup + digits + screen + places

  // MARK: - As it is, and in sentences

  private static let plain: [SecretForm] = [
    .init("raw") { $0 },
    .init("trimmed") { bytes in
      Array(String(decoding: bytes, as: UTF8.self).trimmed.utf8)
    },
    .init("diff", before: "-password: \"", after: "\"\n+password: \"x\"") { $0 },
    .init("detail", before: "DETAIL:  Key (token)=(", after: ") already exists.") { $0 },
    .init("curl", before: "> Authorization: Bearer ", after: "\r\n< HTTP/1.1 401") { $0 },
    .init("header", before: "authorization: bearer ") { $0 },
    .init("cookie", before: "Set-Cookie: sid=", after: "; HttpOnly") { $0 },
    .init("terraform", before: "x = <<EOT\n", after: "\nEOT\n") { $0 },
  ]

  // MARK: - Percent

  private static let percent: [SecretForm] = [
    .init("percent") { encoded($0, unless: isUnreserved) { percent($0) } },
    .init("percent, small digits") { encoded($0, unless: isUnreserved) { lower(percent($0)) } },
    .init("percent, all") { encoded($0) { percent($0) } },
    .init("percent, twice") {
      encoded(encoded($0, unless: isUnreserved) { percent($0) }, unless: isUnreserved) {
        percent($0)
      }
    },
    .init("form") { bytes in
      encoded(bytes, unless: isUnreserved) { $0 == 0x20 ? "+" : percent($0) }
    },
    .init("URI", before: "postgresql://app:", after: "@db.example/neondb?sslmode=require") {
      encoded($0, unless: isUnreserved) { percent($0) }
    },
    .init("URI's query", before: "postgresql://db/x?user=a&password=", after: "&sslmode=require") {
      encoded($0, unless: isUnreserved) { percent($0) }
    },
    .init("command line", before: "psql\0-d\0postgres://u:", after: "@h/db\0") {
      encoded($0, unless: isUnreserved) { percent($0) }
    },
    .init("hyperlink", before: "\u{1B}]8;;https://x/?t=", after: "\u{1B}\\click\u{1B}]8;;\u{1B}\\")
    {
      encoded($0, unless: isUnreserved) { percent($0) }
    },
  ]

  // MARK: - JSON, shells, SQL

  private static let escapes: [SecretForm] = [
    .init("JSON") { Array(json($0).utf8) },
    .init("JSON, slashes") { Array(json($0).replacing("/", with: "\\/").utf8) },
    .init("JSON, ASCII") { Array(json($0).asciiJSON.utf8) },
    .init("JSON, all") { Array(string($0).utf16.map { unit($0) }.joined().utf8) },
    .init("JSON in JSON") { Array(json(Array(json($0).utf8)).utf8) },
    .init("braces") { Array(string($0).unicodeScalars.map(braced).joined().utf8) },
    .init("Python") { encoded($0) { "\\x" + hex($0) } },
    .init("octal") { encoded($0) { "\\" + octal($0) } },
    .init("shell, quotes", before: "'", after: "'") {
      Array(string($0).replacing("'", with: "'\\''").utf8)
    },
    .init("shell, double quotes", before: "\"", after: "\"") { bytes in
      encoded(bytes, unless: { !"\"\\$`".utf8.contains($0) }) { "\\" + one($0) }
    },
    .init("shell, backslashes") { bytes in
      encoded(bytes, unless: { isUnreserved($0) || $0 >= 0x80 || $0 == 0x0A }) { "\\" + one($0) }
    },
    .init("shell, dollar", before: "$'", after: "'") { bytes in
      encoded(bytes, unless: { !"'\\\n".utf8.contains($0) }) { $0 == 0x0A ? "\\n" : "\\" + one($0) }
    },
    .init("SQL", before: "'", after: "'") { Array(string($0).replacing("'", with: "''").utf8) },
    .init("SQL, escapes", before: "E'", after: "'") { bytes in
      encoded(bytes, unless: { !"'\\".utf8.contains($0) }) { "\\" + one($0) }
    },
    .init("SQL, Unicode", before: "U&'", after: "'") { bytes in
      Array(
        string(bytes).unicodeScalars.map { scalar in
          scalar.value > 0xFFFF ? "\\+" + wide(scalar, 6) : "\\" + wide(scalar, 4)
        }.joined().utf8
      )
    },
    .init("SQL, dollars", before: "$q$", after: "$q$") { $0 },
    .init("COPY") { bytes in
      encoded(bytes, unless: { !"\\\n\r\t".utf8.contains($0) }) {
        $0 == 0x0A ? "\\n" : $0 == 0x0D ? "\\r" : $0 == 0x09 ? "\\t" : "\\\\"
      }
    },
    .init("connection string", before: "host=db password='", after: "' dbname=x") { bytes in
      encoded(bytes, unless: { !"'\\".utf8.contains($0) }) { "\\" + one($0) }
    },
  ]

  // MARK: - HTML

  private static let markup: [SecretForm] = [
    .init("HTML", before: "<p>", after: "</p>") { Array(html(string($0)).utf8) },
    .init("HTML, twice") { Array(html(html(string($0))).utf8) },
    .init("HTML, names") { bytes in
      Array(
        html(string(bytes)).replacing("/", with: "&sol;").replacing("+", with: "&plus;")
          .replacing("=", with: "&equals;").replacing("@", with: "&commat;").utf8
      )
    },
    .init("HTML, numbers") {
      Array(string($0).unicodeScalars.map { "&#\($0.value);" }.joined().utf8)
    },
    .init("HTML, hexadecimal") {
      Array(string($0).unicodeScalars.map { "&#x\(String($0.value, radix: 16));" }.joined().utf8)
    },
  ]

  // MARK: - Base64 and hexadecimal

  private static let digits: [SecretForm] = [
    .init("base64") { base64($0) },
    .init("base64, 1 before") { base64([0x75] + $0) },
    .init("base64, 2 before") { base64([0x75, 0x73] + $0) },
    .init("base64, between") { base64(Array("user:".utf8) + $0 + [0x21]) },
    .init("base64, for URLs") { bytes in
      base64(bytes).compactMap { $0 == 0x2B ? 0x2D : $0 == 0x2F ? 0x5F : $0 == 0x3D ? nil : $0 }
    },
    .init("base64, lines") { wrapped(base64($0), at: 20, "\n") },
    .init("base64, in JSON") { Array(string(base64($0)).replacing("/", with: "\\/").utf8) },
    .init("base64, in a URL") { encoded(base64($0), unless: isUnreserved) { percent($0) } },
    .init("Basic", before: "Authorization: Basic ") { base64(Array("user:".utf8) + $0) },
    .init("hexadecimal") { encoded($0) { hex($0) } },
    .init("HEXADECIMAL") { encoded($0) { hex($0).uppercased() } },
    .init("bytea", before: "\\x") { encoded($0) { hex($0) } },
    .init("dump") { encoded($0) { hex($0) + " " } },
    .init("colons") { Array(string(encoded($0) { hex($0) + ":" }).dropLast().utf8) },
  ]

  // MARK: - On a screen

  private static let screen: [SecretForm] = [
    .init("colours") { encoded($0, byCharacter: true) { $0 + "\u{1B}[31m" } },
    .init("colours, in JSON") { bytes in
      Array(
        string(bytes).trimmed.filter { $0 != "\\" && $0 != "\"" }.map { String($0) }.joined(
          separator: "\\u001b[1;31m"
        ).utf8
      )
    },
    .init("one colour") { bytes in
      let letters = Array(string(bytes))
      return Array(
        (letters.prefix(5) + "\u{1B}[0m" + letters.dropFirst(5)).map(String.init).joined().utf8
      )
    },
    .init("title", before: "\u{1B}]0;", after: "\u{7}") { $0 },
    .init("bold") {
      encoded($0, byCharacter: true) { $0.utf8.count == 1 ? $0 + "\u{8}" + $0 : $0 }
    },
    .init("underlined") { bytes in
      encoded(bytes, byCharacter: true) { $0.utf8.count == 1 && $0 != "_" ? "_\u{8}" + $0 : $0 }
    },
    .init("no width") { encoded($0, byCharacter: true) { $0 + "\u{200B}" } },
    .init("NUL") { encoded($0, byCharacter: true) { $0 + "\0" } },
    .init("narrow") { bytes in
      // A screen has no room for more letters; none is cut in two.
      let letters = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
      let rows = stride(from: 0, to: letters.count, by: 8).map { start in
        String(String.UnicodeScalarView(letters[start..<min(start + 8, letters.count)]))
      }
      return Array(rows.joined(separator: "\r\n").utf8)
    },
    .init("progress", before: "loading\r") { Array($0.prefix(4)) + [0x0D] + $0 },
  ]

  /// Beside each other, and at both ends of other text.
  private static let places: [SecretForm] = [
    .init("twice") { $0 + [0x2C] + $0 },
    .init("between letters", before: "x", after: "y") { $0 },
    .init("in a URL's path", before: "https://x/", after: "/y") {
      encoded($0, unless: isUnreserved) { percent($0) }
    },
  ]
}
