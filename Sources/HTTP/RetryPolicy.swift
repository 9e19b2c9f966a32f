/// Which answers and failures are worth another try, and after how long.
///
/// A policy only decides; ``Client/send(_:policy:cancelOn:pauses:onRetry:)`` acts on it. A request
/// that is not safe to repeat is repeated only if the error proves that nothing left, or if the rule
/// says that the answer proves that nothing was done.
package struct RetryPolicy: Sendable {
  /// What a rule is about.
  package enum Condition: Sendable {
    case status(ClosedRange<Int>)
    /// Nothing left: no name, no connection.
    case neverSent
    /// The request may have left, and no answer came.
    case lostAnswer
  }

  package enum Delay: Sendable {
    case fixed(Duration)
    /// Doubles from `first`, up to `longest`.
    case exponential(first: Duration, longest: Duration)
    /// The seconds that a header names, up to a ceiling beyond which waiting makes no sense.
    case header(String, ceiling: Duration, orElse: Duration)
    /// The time (seconds since 1970) that a header names, likewise.
    case resetHeader(String, ceiling: Duration, orElse: Duration)
  }

  package struct Rule: Sendable {
    package let condition: Condition
    package let delay: Delay
    /// How many times a request is sent again at most.
    package let retries: Int
    /// Whether the answer itself proves that the request was not acted on.
    package let provesNothingWasDone: Bool

    package init(
      _ condition: Condition,
      delay: Delay,
      retries: Int,
      provesNothingWasDone: Bool = false
    ) {
      self.condition = condition
      self.delay = delay
      self.retries = retries
      self.provesNothingWasDone = provesNothingWasDone
    }
  }

  /// What there is to decide about.
  package struct Trial: Sendable {
    package enum Outcome: Sendable {
      case answered(status: Int, headers: Headers)
      case failed(HTTPError)
    }

    /// 1 for the first.
    package let attempt: Int
    package let isSafeToRepeat: Bool
    package let outcome: Outcome
    /// Since the first try began.
    package let elapsed: Duration
    /// Seconds since 1970.
    package let now: Int64
    /// At least 0, below 1: how much of the greatest skew is added.
    package let jitter: Double

    package init(
      attempt: Int,
      isSafeToRepeat: Bool,
      outcome: Outcome,
      elapsed: Duration = .zero,
      now: Int64 = 0,
      jitter: Double = 0
    ) {
      self.attempt = attempt
      self.isSafeToRepeat = isSafeToRepeat
      self.outcome = outcome
      self.elapsed = elapsed
      self.now = now
      self.jitter = jitter
    }
  }

  package enum Decision: Hashable, Sendable {
    case giveUp
    case wait(Duration)
  }

  /// The first rule whose condition holds decides.
  package let rules: [Rule]
  /// The most that chance adds to a delay, so that many clients do not come back at once.
  package let greatestSkew: Duration
  /// The longest time from the first try to the last.
  package let longest: Duration

  package init(
    _ rules: [Rule],
    greatestSkew: Duration = .zero,
    longest: Duration = .seconds(300)
  ) {
    self.rules = rules
    self.greatestSkew = greatestSkew
    self.longest = longest
  }

  /// Never sends anything twice.
  package static let never = RetryPolicy([])
}

extension RetryPolicy {
  package func decide(_ trial: Trial) -> Decision {
    guard let rule = rules.first(where: { $0.condition.holds(trial.outcome) }),
      trial.attempt <= rule.retries,
      trial.isSafeToRepeat || rule.provesNothingWasDone || trial.outcome.provesNothingWasSent,
      let delay = rule.delay.duration(after: trial)
    else { return .giveUp }
    let wait = delay + greatestSkew * min(max(0, trial.jitter), 1)
    guard trial.elapsed + wait <= longest else { return .giveUp }
    return .wait(wait)
  }
}

extension RetryPolicy.Trial.Outcome {
  var provesNothingWasSent: Bool {
    if case .failed(let error) = self { !error.mayHaveBeenProcessed } else { false }
  }
}

extension RetryPolicy.Condition {
  func holds(_ outcome: RetryPolicy.Trial.Outcome) -> Bool {
    switch (self, outcome) {
    case (.status(let range), .answered(let status, _)): range.contains(status)
    case (.neverSent, .failed(let error)): error.isTransient && !error.mayHaveBeenProcessed
    case (.lostAnswer, .failed(let error)):
      error.isTransient && error.mayHaveBeenProcessed && !error.usedUpItsTime
    case (.status, .failed), (.neverSent, .answered), (.lostAnswer, .answered): false
    }
  }
}

extension RetryPolicy.Delay {
  /// How long to wait, or nil if that would be too long.
  func duration(after trial: RetryPolicy.Trial) -> Duration? {
    switch self {
    case .fixed(let duration): return duration
    case .exponential(let first, let longest):
      let doublings = min(max(0, trial.attempt - 1), 30)
      return min(first * (1 << doublings), longest)
    case .header(let name, let ceiling, let orElse):
      guard let seconds = trial.outcome.number(name) else { return orElse }
      return Self.seconds(seconds, below: ceiling)
    case .resetHeader(let name, let ceiling, let orElse):
      guard let time = trial.outcome.number(name) else { return orElse }
      let (seconds, overflow) = time.subtractingReportingOverflow(trial.now)
      return overflow ? nil : Self.seconds(seconds, below: ceiling)
    }
  }

  private static func seconds(_ seconds: Int64, below ceiling: Duration) -> Duration? {
    // Beyond a year it is no delay but a mistake, which must not overflow either.
    guard seconds < 31_536_000 else { return nil }
    let duration = Duration.seconds(max(0, seconds))
    return duration < ceiling ? duration : nil
  }
}

extension RetryPolicy.Trial.Outcome {
  /// The number in a header, its fraction of a second rounded up.
  func number(_ name: String) -> Int64? {
    guard case .answered(_, let headers) = self, let text = headers[name],
      let number = Double(text), number.isFinite, abs(number) < 1e15
    else { return nil }
    return Int64(number.rounded(.up))
  }
}
