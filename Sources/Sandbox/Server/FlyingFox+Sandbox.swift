import FlyingFox
import FlyingSocks
import Foundation

extension SandboxRequest {
  init(_ request: HTTPRequest) async throws {
    let target = request.target.rawValue
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let rawPath = String(parts[0])
    method = request.method.rawValue
    path = rawPath.removingPercentEncoding ?? rawPath
    query = (parts.count > 1 ? parts[1].split(separator: "&") : []).map(Self.pair)
    headers = request.headers.map { ($0.key.rawValue, $0.value) }
    body = Array(try await request.bodyData)
    segments = rawPath.split(separator: "/").map {
      String($0).removingPercentEncoding ?? String($0)
    }
  }

  private static func pair(_ text: Substring) -> (String, String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      .map { String($0).replacing("+", with: " ") }
      .map { $0.removingPercentEncoding ?? $0 }
    return (parts[0], parts.count > 1 ? parts[1] : "")
  }
}

extension HTTPResponse {
  init(_ answer: SandboxAnswer) {
    switch answer {
    case .whole(let response):
      self.init(
        statusCode: .init(response.status, phrase: response.phrase),
        headers: HTTPHeaders(response.headers),
        body: Data(response.body)
      )
    case .stream(let status, let headers, let chunks):
      self.init(
        statusCode: .init(status, phrase: SandboxResponse.empty(status).phrase),
        headers: HTTPHeaders(headers),
        body: HTTPBodySequence(from: ChunkSequence(chunks: chunks))
      )
    }
  }
}

extension HTTPHeaders {
  fileprivate init(_ pairs: [(String, String)]) {
    self.init()
    for (name, value) in pairs { addValue(value, for: HTTPHeader(name)) }
  }
}

/// Chunks as FlyingFox wants its bodies.
private struct ChunkSequence: AsyncBufferedSequence {
  typealias Element = UInt8
  let chunks: AsyncStream<[UInt8]>

  func makeAsyncIterator() -> Iterator { Iterator(chunks: chunks.makeAsyncIterator()) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    var chunks: AsyncStream<[UInt8]>.Iterator
    var rest: ArraySlice<UInt8> = []

    mutating func next() async throws -> UInt8? {
      try await nextBuffer(suggested: 1)?.first
    }

    mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
      while rest.isEmpty {
        guard let chunk = await chunks.next(isolation: #isolation) else { return nil }
        rest = chunk[...]
      }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }
  }
}

extension SandboxResponse {
  var phrase: String {
    switch status {
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 208: "Already Reported"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 402: "Payment Required"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 409: "Conflict"
    case 412: "Precondition Failed"
    case 422: "Unprocessable Entity"
    case 423: "Locked"
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 503: "Service Unavailable"
    default: "Status"
    }
  }
}

extension SandboxAnswer {
  /// The answer as it goes over the wire, for one that is sent by hand; a stream ends at its head.
  var wireBytes: [UInt8] {
    switch self {
    case .whole(let response):
      let length = [("Content-Length", String(response.body.count)), ("Connection", "close")]
      return Self.head(response, adding: length) + response.body
    case .stream(let status, let headers, _):
      let response = SandboxResponse(status: status, headers: headers, body: [])
      return Self.head(response, adding: [("Connection", "close")])
    }
  }

  private static func head(_ response: SandboxResponse, adding: [(String, String)]) -> [UInt8] {
    let lines = (response.headers + adding).map { "\($0.0): \($0.1)\r\n" }.joined()
    return Array("HTTP/1.1 \(response.status) \(response.phrase)\r\n\(lines)\r\n".utf8)
  }
}
