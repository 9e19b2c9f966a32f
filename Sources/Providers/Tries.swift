internal import Values

/// How often a request was sent, for the words about its failure.
struct Tries {
  private var count = 1
  private var waited = Duration.zero

  /// Another try comes, after a wait.
  mutating func add(waiting wait: Duration) {
    count += 1
    waited += wait
  }

  /// The failure, whose "tried …" says how often, and how long that took besides the answers.
  func told(by failure: Failure) -> Failure {
    guard count > 1 else { return failure }
    let (seconds, rest) = waited.components
    let span = TimeSpan(microseconds: seconds * 1_000_000 + rest / 1_000_000_000_000)
    var failure = failure
    failure.advice = failure.advice.map { line in
      line.hasPrefix("tried ")
        ? "\(line) \(count) times, after waits of \(span.roundedText) in all" : line
    }
    return failure
  }
}
