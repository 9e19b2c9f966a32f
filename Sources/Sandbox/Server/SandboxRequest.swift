/// A request as a vendor's stand-in sees it: already read to its end.
struct SandboxRequest: Sendable {
  var method: String
  /// Percent-decoded, without the query and without the vendor's prefix.
  var path: String
  /// Percent-decoded, in the order sent; a name may occur more than once.
  var query: [(String, String)]
  var headers: [(String, String)]
  var body: [UInt8]
  /// The path's parts, each decoded by itself: a part may contain a slash.
  var segments: [String] = []
}

extension SandboxRequest {
  func value(_ name: String) -> String? { query.last { $0.0 == name }?.1 }

  func values(_ name: String) -> [String] { query.filter { $0.0 == name }.map(\.1) }

  func integer(_ name: String) -> Int64? { value(name).flatMap(Int64.init) }

  func header(_ name: String) -> String? {
    headers.first { $0.0.lowercased() == name.lowercased() }?.1
  }

  var bearer: String? {
    guard let value = header("authorization"), value.lowercased().hasPrefix("bearer ") else {
      return nil
    }
    return String(value.dropFirst(7))
  }
}

/// What a vendor's stand-in answers, whole.
struct SandboxResponse: Sendable {
  var status: Int
  var headers: [(String, String)]
  var body: [UInt8]
}

/// What a vendor's stand-in answers.
enum SandboxAnswer: Sendable {
  case whole(SandboxResponse)
  /// An answer without a known end; each element is sent as it comes.
  case stream(status: Int, headers: [(String, String)], AsyncStream<[UInt8]>)
}
