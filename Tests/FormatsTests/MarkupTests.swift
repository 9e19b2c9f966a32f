import Formats
import RedactionTestSupport
import Sinks
import Testing
import Values

@Suite struct MarkupTests {
  @Test func `a text in markup is only text`() {
    let name = "<b a='1'>&\"\u{1B}[2J\u{202E}x\u{0}"
    let markup: Markup = "<p title=\"\(name)\">\(name)</p>"
    let text = "&lt;b a=&#39;1&#39;&gt;&amp;&quot;␛[2J\\u{202e}x␀"
    #expect(markup.text == "<p title=\"\(text)\">\(text)</p>")
  }

  @Test func `markup in markup stays what it is`() {
    let inner: Markup = "<b>\("a<b")</b>"
    #expect(("<p>\(inner)\(7)</p>" as Markup).text == "<p><b>a&lt;b</b>7</p>")
    #expect([inner, inner].joined().text == "<b>a&lt;b</b><b>a&lt;b</b>")
  }

  @Test func `what is plain is not touched`() {
    #expect(Markup.escaped("dpl_9 is live, 3 %") == "dpl_9 is live, 3 %")
    #expect(Markup.escaped("größer → 日本") == "größer → 日本")
    #expect(Markup.escaped("a\n\tb") == "a\n\tb")
  }
}

@Suite struct ChatTextTests {
  /// What chats make a mention, a channel or a link of.
  @Test(arguments: [
    "<!channel>", "<!here|x>", "<@U012AB3CD>", "<#C123>", "<!subteam^S1>", "@here", "@everyone",
    "#general", "<https://evil.example|status page>", "&lt;!channel&gt;",
  ])
  func `nobody is called and nothing is linked`(_ text: String) {
    let escaped = ChatText.escaped("log: \(text) end")
    #expect(!escaped.contains("<") && !escaped.contains(">"))
    #expect(escaped.firstMatch(of: /[@#][A-Za-z0-9]/) == nil)
    #expect(escaped.firstMatch(of: /&(?!amp;|lt;|gt;)/) == nil)
    let shown = escaped.replacing("\u{2060}", with: "").replacing("&lt;", with: "<")
      .replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    #expect(shown == "log: \(text) end")
  }

  @Test func `controls and turned text are visible`() {
    #expect(ChatText.escaped("\u{1B}[2J\u{202E}x") == "␛[2J\\u{202e}x")
  }

  @Test func `no secret is sent, in whatever form it came`() {
    let seed = UInt64.random(in: 0..<1_000_000)
    var draw = Seeded(seed)
    let registry = SecretRegistry()
    let secrets = SeededSecrets.all(using: &draw)
    for secret in secrets { registry.add(secret) }
    for form in SecretForm.all {
      for secret in secrets {
        let (core, whole) = form.text(of: secret)
        let text = String(decoding: whole, as: UTF8.self)
        let sent = ChatText.message("found \(text) there", masking: registry)
          .replacing("\u{2060}", with: "")
        #expect(sent.contains("‹"), "\(form.name) of \(secret.name), seed \(seed)")
        let left = Survivors.find(of: secret, in: Array(sent.utf8), core: core)
        #expect(left == nil, "\(form.name) of \(secret.name), seed \(seed)")
      }
    }
  }
}
