/// The verb of a request.
package struct Method: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  package let rawValue: String

  package init(rawValue: String) {
    self.rawValue = rawValue
  }

  package static let get = Self(rawValue: "GET")
  package static let head = Self(rawValue: "HEAD")
  package static let options = Self(rawValue: "OPTIONS")
  package static let post = Self(rawValue: "POST")
  package static let put = Self(rawValue: "PUT")
  package static let patch = Self(rawValue: "PATCH")
  package static let delete = Self(rawValue: "DELETE")

  /// Whether the method by itself asks for no change (RFC 9110, section 9.2.1).
  package var isSafe: Bool { self == .get || self == .head || self == .options }

  package var description: String { rawValue }
}

/// One question to a server: what is asked, and how long the answer may take.
package struct Request: Sendable {
  package var method: Method
  package var url: URL
  package var headers: [Header]
  /// Nil sends no body at all; an empty body sends `Content-Length: 0`.
  package var body: Body?
  /// From the call to the last byte of the answer, however slowly bytes arrive.
  package var deadline: Duration
  /// From the call to a connection that is ready for the request, TLS included.
  package var connectDeadline: Duration
  /// The longest time in which nothing moves after the request has left; nil for no such limit.
  package var idleDeadline: Duration?
  /// The most bytes of body that are taken.
  package var responseLimit: Int
  /// Whether sending it twice does no harm: by its method, unless the vendor documents more.
  package var isSafeToRepeat: Bool

  package init(
    _ method: Method = .get,
    _ url: URL,
    headers: [Header] = [],
    body: Body? = nil,
    deadline: Duration = .seconds(30),
    connectDeadline: Duration = .seconds(10),
    idleDeadline: Duration? = nil,
    responseLimit: Int = 64 << 20,
    isSafeToRepeat: Bool? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.deadline = deadline
    self.connectDeadline = connectDeadline
    self.idleDeadline = idleDeadline
    self.responseLimit = responseLimit
    self.isSafeToRepeat = isSafeToRepeat ?? method.isSafe
  }
}

extension Request: CustomStringConvertible {
  /// The request line, headers and body, with every secret replaced.
  package var description: String {
    let head = ["\(method) \(url)"] + headers.map(\.description)
    let lines = head.joined(separator: "\n")
    return body.map { "\(lines)\n\n\($0)" } ?? lines
  }
}

extension Request {
  /// Refuses what could be read as another request than the one that was built.
  func validate() throws(HTTPError) {
    guard !method.rawValue.isEmpty, method.rawValue.utf8.allSatisfy(Self.isTokenByte) else {
      throw .invalidRequest("the method must be a single word")
    }
    for header in headers {
      guard !header.name.isEmpty, header.name.utf8.allSatisfy(Self.isTokenByte) else {
        throw .invalidRequest("a header's name must be a single word")
      }
      guard header.value.text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
        throw .invalidRequest("the value of header '\(header.name)' has a line break or control")
      }
    }
    guard responseLimit >= 0 else { throw .invalidRequest("the response limit is negative") }
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
