import Foundation
import Glibc
import HTTP
import Testing

private let openssl = "/usr/bin/openssl"

/// A TLS server with a certificate of its own making.
private final class TLSServer {
  let port: Int
  let authorities: String
  private let folder: String
  private let process = Process()

  init() throws {
    folder = NSTemporaryDirectory() + "opsh-tls-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let (certificate, key) = (folder + "/certificate.pem", folder + "/key.pem")
    authorities = certificate
    let maker = Process()
    maker.executableURL = Foundation.URL(fileURLWithPath: openssl)
    maker.arguments = [
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=opsh test",
      "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate,
    ]
    maker.standardError = FileHandle.nullDevice
    try maker.run()
    maker.waitUntilExit()
    let output = Pipe()
    process.executableURL = Foundation.URL(fileURLWithPath: openssl)
    process.arguments = [
      "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www",
    ]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var text = ""
    while !text.contains("ACCEPT") || !text.hasSuffix("\n") {
      let chunk = output.fileHandleForReading.availableData
      guard !chunk.isEmpty else { break }
      text += String(decoding: chunk, as: UTF8.self)
    }
    port =
      text.split(whereSeparator: \.isNewline).last?.split(separator: ":").last
      .flatMap { Int($0) } ?? 0
  }

  deinit {
    // It may have been started by a thread that blocks the gentler signals.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(atPath: folder)
  }
}

@Suite(
  .timeLimit(.minutes(1)),
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
