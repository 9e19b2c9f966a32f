private import Synchronization
import Values

/// A compiled regular expression.
///
/// `@unchecked Sendable`: the expression completes itself on first use, so it is only touched under
/// the lock.
final class Pattern: @unchecked Sendable {
  private let regex: Regex<AnyRegexOutput>
  private let lock = Mutex(())

  private init(_ text: String) throws(EvaluationError) {
    do {
      regex = try Regex(text)
    } catch {
      throw .badPattern(text, reason: "\(error)")
    }
  }

  /// Says whether it occurs anywhere in a text.
  func matches(_ text: String) throws(EvaluationError) -> Bool {
    let result: Bool? = lock.withLock { _ in
      do { return try regex.firstMatch(in: text) != nil } catch { return nil }
    }
    guard let result else { throw .call("the pattern could not be matched", advice: nil) }
    return result
  }

  private static let cache = Mutex<[String: Pattern]>([:])

  /// Gives the compiled pattern, from the cache where it was used before.
  static func compiled(_ text: String) throws(EvaluationError) -> Pattern {
    if let found = cache.withLock({ $0[text] }) { return found }
    let pattern = try Pattern(text)
    cache.withLock { cache in
      if cache.count >= 256 { cache.removeAll() }
      cache[text] = pattern
    }
    return pattern
  }
}
