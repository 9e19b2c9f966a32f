/// The text of one SQL statement and the values bound in it.
///
/// `fragments` has one element more than `parameters`; between two fragments stands a parameter.
package final class SQLTemplate: Sendable {
  package let fragments: [String]
  package let parameters: [Value]

  /// - Precondition: one fragment more than parameters.
  package init(fragments: [String], parameters: [Value]) {
    precondition(fragments.count == parameters.count + 1, "a fragment stands around each parameter")
    self.fragments = fragments
    self.parameters = parameters
  }

  /// The statement with `$1`, `$2`, … where the values are bound.
  package var text: String {
    var text = fragments[0]
    for (index, fragment) in fragments.dropFirst().enumerated() {
      text += "$\(index + 1)" + fragment
    }
    return text
  }
}
