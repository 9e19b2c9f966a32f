package import HTTP

/// The one HTTP client of a session: connections are kept from call to call.
package enum SharedClient {
  package static let client = Client()
}
