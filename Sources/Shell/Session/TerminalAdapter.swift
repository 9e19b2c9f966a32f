internal import Runbooks
internal import Sinks
internal import Values

final class TerminalAdapter: Person {
  init(output: Output, cancellation: Cancellation) {}
  var isPresent: Bool { false }
  func answer(to prompt: StyledText, after lines: [StyledText]) throws(Failure) -> String? { nil }
  func secretAnswer(to prompt: StyledText, named name: String) throws(Failure) -> Secret? { nil }
}
