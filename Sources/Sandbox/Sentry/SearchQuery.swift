import Values

/// A question in Sentry's search language: the part of it that operators of Optiq use.
struct SearchQuery: Sendable {
  private(set) var terms: [(key: String, value: String, isNegated: Bool)] = []
  private(set) var words: [String] = []

  init(_ text: String) {
    for token in Self.tokens(text) {
      let isNegated = token.hasPrefix("!")
      let bare = isNegated ? String(token.dropFirst()) : token
      let parts = bare.split(separator: ":", maxSplits: 1).map(String.init)
      if parts.count == 2 {
        let value = parts[1].hasPrefix("\"") ? String(parts[1].dropFirst().dropLast()) : parts[1]
        terms.append((parts[0], value, isNegated))
      } else if !bare.isEmpty {
        words.append(bare.filter { $0 != "\"" }.lowercased())
      }
    }
  }

  /// Splits at blanks outside quotes.
  private static func tokens(_ text: String) -> [String] {
    var tokens = [""]
    var isQuoted = false
    for letter in text {
      if letter == "\"" { isQuoted.toggle() }
      if letter == " ", !isQuoted {
        tokens.append("")
      } else {
        tokens[tokens.count - 1].append(letter)
      }
    }
    return tokens.filter { !$0.isEmpty }
  }

  func value(_ key: String) -> String? { terms.first { $0.key == key && !$0.isNegated }?.value }

  /// The keys that are not among those given.
  func unknownKeys(besides known: Set<String>) -> [String] {
    terms.map(\.key).filter { !known.contains($0) }
  }

  /// Whether every term that asks about `key` holds for `value`.
  func accepts(_ key: String, _ value: String) -> Bool {
    terms.filter { $0.key == key }.allSatisfy { (value == $0.value) != $0.isNegated }
  }

  /// Whether every term that asks about `key` holds for a moment: `>`, `<`, or a relative `-1h`.
  func accepts(_ key: String, at moment: Milliseconds, now: Milliseconds) -> Bool {
    terms.filter { $0.key == key }.allSatisfy { term in
      Self.compare(moment, term.value, now) != term.isNegated
    }
  }

  private static func compare(_ moment: Milliseconds, _ value: String, _ now: Milliseconds) -> Bool
  {
    if value.hasPrefix("-"), let length = TimeWindow.length(String(value.dropFirst())) {
      return moment >= now - length
    }
    if value.hasPrefix("+"), let length = TimeWindow.length(String(value.dropFirst())) {
      return moment <= now - length
    }
    let bare = value.drop { "<>=".contains($0) }
    guard let bound = TimeWindow.moment(String(bare)) else { return false }
    return value.hasPrefix("<") ? moment <= bound : moment >= bound
  }
}
