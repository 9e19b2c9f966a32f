/// A request as a vendor's stand-in sees it: already read to its end.
struct SandboxRequest: Sendable {
  var method: String
  /// Percent-decoded, without the query and without the vendor's prefix.
  var path: String
  /// Percent-decoded, in the order sent; a name may occur more than once.
  var query: [(String, String)]
  var headers: [(String, String)]
  var body: [UInt8]
}

/// What a vendor's stand-in answers, whole.
struct SandboxResponse: Sendable {
  var status: Int
  var headers: [(String, String)]
  var body: [UInt8]
}
