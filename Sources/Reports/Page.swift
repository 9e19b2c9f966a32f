internal import Formats
internal import Journals

/// One whole HTML file: readable offline and on paper, without script, network, fonts or pictures.
struct Page {
  var title: String
  /// What stands under the title before anything else.
  var header: Markup
  var main: Markup
  var footer: Markup

  /// - Throws: `noHash` where nothing can be hashed: the policy names its style by its hash.
  func text() throws(JournalError) -> String {
    let style = PageStyle.text
    let policy = try Self.policy(allowing: style)
    var page: Markup = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="referrer" content="no-referrer">
      <meta name="robots" content="noindex">
      <title>\(title)</title>
      <style>
      """
    page += Markup(trusted: style)
    page += """
      </style>
      </head>
      <body>
      <a class="skip" href="#timeline">Skip to the timeline</a>
      <header>
      \(header)</header>
      <main>
      \(main)</main>
      <footer>
      \(footer)</footer>
      </body>
      </html>

      """
    return page.text
  }

  /// Nothing may be loaded, sent or run; the one style is known by its hash (CSP 3, 2.3.1).
  static func policy(allowing style: String) throws(JournalError) -> String {
    let digest = try SHA256.hex(of: style)
    return "default-src 'none'; style-src 'sha256-\(base64(ofHex: digest))'; base-uri 'none';"
      + " form-action 'none'"
  }

  private static func base64(ofHex digits: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    // Three hexadecimal digits are two digits of base64.
    let numbers = digits.compactMap(\.hexDigitValue)
    var text = ""
    for start in stride(from: 0, to: numbers.count, by: 3) {
      let piece = numbers[start..<min(start + 3, numbers.count)]
      var word = 0
      for index in 0..<3 { word = word << 4 | (piece.dropFirst(index).first ?? 0) }
      text.append(alphabet[word >> 6])
      if piece.count > 1 { text.append(alphabet[word & 63]) }
    }
    while text.count % 4 != 0 { text.append("=") }
    return text
  }
}
