import Foundation
import HTTP
import Processes
import Testing

private let openssl = "/usr/bin/openssl"

/// A TLS server with a certificate of its own making.
private final class TLSServer {
  let port: Int
  let authorities: String
  private let folder: String
  private let process: ProcessIdentity

  init() throws {
    folder = NSTemporaryDirectory() + "opsh-tls-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let (certificate, key) = (folder + "/certificate.pem", folder + "/key.pem")
    authorities = certificate
    let made = try ChildProcess.run(
      Invocation(
        openssl,
        [
          "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=opsh test",
          "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out",
          certificate,
        ]
      )
    )
    try #require(made.isSuccess, "\(made.errorText)")
    let log = folder + "/log"
    process = try ChildProcess.startDetached(
      Invocation(
        openssl,
        ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"]
      ),
      log: log
    )
    var line: Substring?
    while line == nil, process.isAlive { line = Self.acceptLine(in: log) }
    port = try #require(line?.split(separator: ":").last.flatMap { Int($0) })
  }

  /// The line in which the server says where it listens, once it is complete.
  private static func acceptLine(in log: String) -> Substring? {
    let text = (try? ChildProcess.run(Invocation("cat", [log])))?.text ?? ""
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .first { $0.hasPrefix("ACCEPT") }
  }

  deinit {
    try? process.terminate(grace: .seconds(1))
    try? FileManager.default.removeItem(atPath: folder)
  }
}

@Suite(
  .timeLimit(.minutes(6)),
  .enabled(if: FileManager.default.isExecutableFile(atPath: openssl), "openssl makes the server")
)
struct TLSTests {
  @Test func `the peer's certificate comes with the answer`() throws {
    let server = try TLSServer()
    let client = Client(.init(certificateAuthorities: server.authorities))
    let url = try HTTP.URL(parsing: "https://localhost:\(server.port)/")
    let response = try client.send(Request(.get, url))
    let certificate = try #require(response.certificate)
    #expect(response.status == 200)
    #expect(certificate.subject.contains("opsh test"))
    #expect(certificate.issuer == certificate.subject)
    #expect(certificate.names == ["localhost", "127.0.0.1"])
    let days = (try #require(certificate.notAfter) - #require(certificate.notBefore)) / 86_400
    #expect(days == 30)
    #expect(response.timings.secured > .zero)
  }

  @Test func `a certificate that nobody vouches for is refused with nothing sent`() throws {
    let server = try TLSServer()
    let url = try HTTP.URL(parsing: "https://localhost:\(server.port)/")
    let error = #expect(throws: HTTPError.self) { try Client().send(Request(.post, url)) }
    guard case .tlsFailed(_, let reason, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("self-signed") || reason.contains("self signed"))
    #expect(error?.mayHaveBeenProcessed == false)
  }
}
