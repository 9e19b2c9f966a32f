/// The address of a resource: scheme, host, path segments and query, each kept apart.
///
/// A segment or a query item is encoded when the address is written, so no value can become a
/// further segment, a query or another host.
package struct URL: Hashable, Sendable {
  package enum Scheme: String, Sendable {
    case http, https

    var port: Int { self == .http ? 80 : 443 }
  }

  package struct QueryItem: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package let scheme: Scheme
  /// A lower-case name, a dotted IPv4 address, or an IPv6 address without its brackets.
  package let host: String
  package let port: Int
  package private(set) var segments: [String]
  package private(set) var endsWithSlash: Bool
  package private(set) var query: [QueryItem]

  init(
    scheme: Scheme,
    host: String,
    port: Int,
    segments: [String],
    endsWithSlash: Bool,
    query: [QueryItem]
  ) {
    self.scheme = scheme
    self.host = host
    self.port = port
    self.segments = segments
    self.endsWithSlash = endsWithSlash
    self.query = query
  }

  /// Adds path segments, each of which stays one segment whatever it holds.
  ///
  /// Throws `invalidURL` for a segment that is empty, `.` or `..`: servers read those as a different
  /// path, so an empty identifier would address the whole collection.
  package func appending(_ segments: String...) throws(HTTPError) -> Self {
    try appending(contentsOf: segments)
  }

  /// Adds path segments, as ``appending(_:)`` does.
  package func appending(contentsOf added: [String]) throws(HTTPError) -> Self {
    for segment in added {
      guard !segment.isEmpty, segment != ".", segment != ".." else {
        throw .invalidURL(segment, reason: "a path segment must not be empty, '.' or '..'")
      }
      guard !segment.utf8.contains(0) else {
        throw .invalidURL("\(origin)/…", reason: "a path segment holds a NUL")
      }
    }
    var result = self
    result.segments += added
    result.endsWithSlash = false
    return result
  }

  /// Ends the path with a slash, which some services demand.
  package func withTrailingSlash() -> Self {
    var result = self
    result.endsWithSlash = true
    return result
  }

  /// Adds a query item; nil adds nothing.
  package func query(_ name: String, _ value: String?) -> Self {
    guard let value else { return self }
    var result = self
    result.query.append(QueryItem(name, value))
    return result
  }

  /// Replaces what the query says under a name; nil removes it.
  package func replacingQuery(_ name: String, _ value: String?) -> Self {
    var result = self
    result.query.removeAll { $0.name == name }
    return result.query(name, value)
  }

  /// Scheme, host and port: what a secret may be bound to.
  package var origin: String { "\(scheme.rawValue)://\(authority)" }

  /// The host as it stands in an address, with its port unless it is the scheme's own.
  package var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == scheme.port ? name : "\(name):\(port)"
  }

  /// Whether the host is this machine by its very name or address, without asking a name server.
  package var isLoopback: Bool {
    host == "localhost" || host == "::1" || IPv4Address(host)?.isLoopback == true
  }
}

extension URL: CustomStringConvertible {
  /// The address as it is sent.
  package var description: String { origin + target }

  /// The path and query as they stand in the request line.
  package var target: String {
    var path = segments.map { "/" + PercentEncoding.encode($0, allowing: .segment) }.joined()
    if endsWithSlash || segments.isEmpty { path += "/" }
    guard !query.isEmpty else { return path }
    let items = query.map { item in
      PercentEncoding.encode(item.name, allowing: .query) + "="
        + PercentEncoding.encode(item.value, allowing: .query)
    }
    return path + "?" + items.joined(separator: "&")
  }
}
