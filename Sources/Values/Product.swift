/// What this program is, for what it writes down.
package enum Product {
  package static let version = "0.1.0"
}
