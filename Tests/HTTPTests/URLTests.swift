import HTTP
import Testing

struct URLTests {
  private func url(_ text: String) throws -> URL { try URL(parsing: text) }

  @Test(arguments: [
    "https://api.vercel.com/", "http://127.0.0.1:8081/vercel", "https://[::1]:8443/a/b/?x=1&y=",
    "https://a-b.example.com/a%2Fb",
  ])
  func `a canonical address is written as it was read`(_ text: String) throws {
    #expect(try url(text).description == text)
  }

  @Test(arguments: [
    "", "api.vercel.com", "ftp://a.b/", "https://", "https:///x", "https://a b/", "https://a.b/\\x",
    "https://user:pw@a.b/", "https://a.b:0/", "https://a.b:65536/", "https://a.b:1x/",
    "https://a.b/#f", "https://a.b/%zz", "https://a.b/../x", "https://a.b/%2e%2E/x",
    "https://a.b//x",
    "https://-a.b/", "https://a..b/", "https://127.1/", "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://2130706433/", "https://256.0.0.1/", "https://[::1/", "https://[x]/", "https://é.b/",
    "https://a.b/\0", "https://a.b/\r\nX: 1",
  ])
  func `what readers may read differently is refused`(_ text: String) {
    #expect(throws: HTTPError.self) { try URL(parsing: text) }
  }

  @Test func `a password in an address is not repeated in the error`() throws {
    let error = #expect(throws: HTTPError.self) { try URL(parsing: "https://u:hunter2@a.b/") }
    #expect(error?.message.contains("hunter2") == false)
  }

  @Test(arguments: [
    ("a/b", "/p/a%2Fb"), ("a?b", "/p/a%3Fb"), ("a#b", "/p/a%23b"), ("%2e", "/p/%252e"),
    ("é", "/p/%C3%A9"), ("a b", "/p/a%20b"), ("..a", "/p/..a"), ("a\r\nb", "/p/a%0D%0Ab"),
  ])
  func `a segment stays one segment`(_ segment: String, _ path: String) throws {
    #expect(try url("https://a.b/p").appending(segment).target == path)
  }

  @Test(arguments: ["", ".", "..", "a\0"])
  func `a segment that means another path is refused`(_ segment: String) throws {
    let base = try url("https://a.b/p")
    #expect(throws: HTTPError.self) { try base.appending("x", segment) }
  }

  @Test func `query items are encoded and kept in order`() throws {
    let built = try url("https://a.b/p?z=1").query("a&b", "c=d +e").query("n", nil).query("f", "")
    #expect(built.target == "/p?z=1&a%26b=c%3Dd%20%2Be&f=")
    #expect(built.replacingQuery("z", "2").target == "/p?a%26b=c%3Dd%20%2Be&f=&z=2")
    #expect(try url(built.description) == built)
  }

  @Test func `a trailing slash is kept when it is asked for`() throws {
    let base = try url("https://a.b/p/")
    #expect(try base.appending("x").target == "/p/x")
    #expect(try base.appending("x").withTrailingSlash().query("q", "1").target == "/p/x/?q=1")
  }

  @Test(arguments: [
    "http://localhost/", "http://LOCALHOST:1/", "http://127.0.0.1/", "http://127.255.0.9/",
    "http://[::1]:5/",
  ])
  func `loopback is known by its name or address`(_ text: String) throws {
    #expect(try url(text).isLoopback)
  }

  @Test(arguments: [
    "http://localhost.evil.com/", "http://127.0.0.1.evil.com/", "http://10.0.0.1/", "http://[::2]/",
    "http://[::ffff:10.0.0.1]/", "http://a.localhost.b/", "http://128.0.0.1/",
  ])
  func `what only looks like loopback is not`(_ text: String) throws {
    #expect(try !url(text).isLoopback)
  }

  @Test func `the origin leaves out the scheme's own port`() throws {
    #expect(try url("https://A.b:443/x?y").origin == "https://a.b")
    #expect(try url("http://[::1]:81/x").origin == "http://[::1]:81")
  }
}

struct SecrecyTests {
  @Test func `no way of showing a request shows its secrets`() throws {
    var body = Body("token=")
    body.append(secret: "s3cret-body")
    let request = Request(
      .post,
      try URL(parsing: "https://a.b/x"),
      headers: [Header("Authorization", .secret("Bearer s3cret-header")), Header("A", "plain")],
      body: body
    )
    var dumped = ""
    dump(request, to: &dumped)
    for text in ["\(request)", String(reflecting: request), dumped] {
      #expect(!text.contains("s3cret"))
    }
    #expect("\(request)".contains("Authorization: <secret>\nA: plain\n\ntoken=<secret>"))
  }
}

struct CertificateTests {
  @Test func `the facts are read from libcurl's lines`() throws {
    let certificate = try #require(
      Certificate(lines: [
        "Subject:CN = app.optiq.io", "Issuer:C = US, O = Let's Encrypt, CN = R3", "Version:2",
        "Start date:Jan  1 00:00:00 1970 GMT", "Expire date:Feb 29 23:59:59 2028 GMT",
        "X509v3 Subject Alternative Name:DNS:app.optiq.io, DNS:*.optiq.io, IP Address:10.0.0.1",
      ])
    )
    #expect(certificate.subject == "CN = app.optiq.io")
    #expect(certificate.issuer == "C = US, O = Let's Encrypt, CN = R3")
    #expect(certificate.notBefore == 0)
    #expect(certificate.notAfter == 1_835_481_599)
    #expect(certificate.names == ["app.optiq.io", "*.optiq.io", "10.0.0.1"])
  }

  @Test(arguments: ["", "nonsense", "Foo  1 00:00:00 2020 GMT", "Jan 99 00:00:00 2020 GMT"])
  func `a date that is none is absent`(_ date: String) {
    #expect(Certificate(lines: ["Subject:x", "Expire date:\(date)"])?.notAfter == nil)
  }

  @Test func `no lines are no certificate`() {
    #expect(Certificate(lines: []) == nil)
  }
}

struct LinkTests {
  @Test func `Sentry's paging is read`() {
    let header = """
      <https://sentry.io/api/0/x/?cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", \
      <https://sentry.io/api/0/x/?a=1,2&cursor=0:100:0>; rel="next"; results="true"; \
      cursor="0:100:0"
      """
    let next = Headers([.init("Link", header)]).link("next")
    #expect(next?.target == "https://sentry.io/api/0/x/?a=1,2&cursor=0:100:0")
    #expect(next?["results"] == "true")
    #expect(next?["CURSOR"] == "0:100:0")
    #expect(Link.parse(header).count == 2)
  }

  @Test func `bare, quoted, escaped and repeated parameters are read`() {
    let links = Link.parse("<a> ; REL=\"x Next\"; rel=y; title=\"a\\\"b, c;d\"; flag,,<b>;rel=prev")
    #expect(links.map(\.target) == ["a", "b"])
    #expect(links[0].hasRelation("next") && !links[0].hasRelation("y"))
    #expect(links[0]["title"] == "a\"b, c;d")
    #expect(links[0]["flag"] == "")
    #expect(links[1].hasRelation("prev"))
  }

  @Test(arguments: ["", "x", "<a", "<a>; rel=\"next", "<a>;;;", ",,,", ";rel=next"])
  func `broken headers end the reading and nothing else`(_ header: String) {
    #expect(Link.parse(header).count <= 1)
  }
}
