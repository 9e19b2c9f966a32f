extension RetryPolicy {
  /// What Vercel's own command line and Terraform provider do.
  ///
  /// A 429 up to three times, if its Retry-After is below 300 s, plus up to 30 s of skew; a 5xx up
  /// to three times where repeating is safe; no other 4xx.
  package static let vercel = RetryPolicy(
    [
      Rule(
        .status(429...429),
        delay: .header("Retry-After", ceiling: .seconds(300), orElse: .seconds(5)),
        retries: 3,
        provesNothingWasDone: true
      ),
      Rule(.status(500...599), delay: .backOff, retries: 3),
      Rule(.neverSent, delay: .backOff, retries: 2),
      Rule(.lostAnswer, delay: .backOff, retries: 2),
    ],
    greatestSkew: .seconds(1),
    longest: .seconds(600)
  )

  /// What Neon's specification documents.
  ///
  /// 503 and 423 (another operation holds the lock) are always safe to repeat, 423 as neonctl does:
  /// five times, 3 s apart; a 429 backs off exponentially; after a lost answer only reads.
  package static let neon = RetryPolicy([
    Rule(
      .status(423...423),
      delay: .fixed(.seconds(3)),
      retries: 5,
      provesNothingWasDone: true
    ),
    Rule(.status(503...503), delay: .backOff, retries: 4, provesNothingWasDone: true),
    Rule(.status(429...429), delay: .backOff, retries: 5, provesNothingWasDone: true),
    Rule(.status(500...599), delay: .backOff, retries: 2),
    Rule(.neverSent, delay: .backOff, retries: 2),
    Rule(.lostAnswer, delay: .backOff, retries: 2),
  ])

  /// What Sentry documents: a 429 names the time at which the window begins anew.
  package static let sentry = RetryPolicy([
    Rule(
      .status(429...429),
      delay: .resetHeader(
        "X-Sentry-Rate-Limit-Reset",
        ceiling: .seconds(120),
        orElse: .seconds(2)
      ),
      retries: 3,
      provesNothingWasDone: true
    ),
    Rule(.status(500...599), delay: .backOff, retries: 2),
    Rule(.neverSent, delay: .backOff, retries: 2),
    Rule(.lostAnswer, delay: .backOff, retries: 2),
  ])
}

extension RetryPolicy.Delay {
  /// 0.5 s, 1 s, 2 s, 4 s, 8 s.
  package static let backOff = Self.exponential(first: .milliseconds(500), longest: .seconds(8))
}
