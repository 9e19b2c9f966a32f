package import Values

/// Ids of runs: they sort by time and can be read aloud, such as `20261123-0301-k7q2`.
package enum RunID {
  /// No letters that are taken for digits or for each other.
  private static let letters = Array("abcdefghjkmnpqrstvwxyz23456789")

  package static func make(
    at time: Time,
    using generator: inout some RandomNumberGenerator
  ) -> String {
    let digits = time.text.filter(\.isNumber)
    let suffix = (0..<4).map { _ in
      letters[Int.random(in: 0..<letters.count, using: &generator)]
    }
    return digits.prefix(8) + "-" + digits.dropFirst(8).prefix(4) + "-" + String(suffix)
  }

  package static func make(at time: Time) -> String {
    var generator = SystemRandomNumberGenerator()
    return make(at: time, using: &generator)
  }
}
