package import Sinks
package import Values

/// The person at the terminal; `Shell` has the one that reads the terminal itself.
///
/// What was typed ahead is thrown away before a question; no answer, the end of input, a timeout,
/// an empty line and a paste all give nothing.
package protocol Person: AnyObject, Sendable {
  /// Says whether somebody can be asked.
  var isPresent: Bool { get }
  /// Shows lines, asks on the terminal, and gives what was typed.
  func answer(to prompt: StyledText, after lines: [StyledText]) throws(Failure) -> String?
  /// Asks without showing what is typed.
  func secretAnswer(to prompt: StyledText, named name: String) throws(Failure) -> Secret?
}
