import Diagnostics
package import Language
import Objects
import Syntax
import Values

/// A program with one word a letter wrong.
package struct Misspelling: CustomStringConvertible, Sendable {
  /// The program before and behind the word.
  package let before: String
  package let after: String
  package let right: String
  package let wrong: String
  /// All that could stand there.
  package let candidates: [String]

  package var description: String { before + "«" + wrong + "»" + after }

  /// Makes every misspelling of a word by one letter that is not itself a word.
  package static func all(
    of word: String,
    among candidates: [String],
    before: String,
    after: String
  ) -> [Misspelling] {
    let letters = Array(word)
    var wrong: [String] = []
    for place in letters.indices {
      var deleted = letters
      deleted.remove(at: place)
      wrong.append(String(deleted))
      var replaced = letters
      replaced[place] = letters[place] == "x" ? "q" : "x"
      wrong.append(String(replaced))
      guard place + 1 < letters.count else { continue }
      var swapped = letters
      swapped.swapAt(place, place + 1)
      wrong.append(String(swapped))
    }
    let valid = Set(candidates + [word])
    return Set(wrong).subtracting(valid).sorted().filter { isWord($0, like: word) }.map {
      Misspelling(before: before, after: after, right: word, wrong: $0, candidates: candidates)
    }
  }

  /// A single letter, or what begins with a digit, is no misspelt word.
  private static func isWord(_ text: String, like word: String) -> Bool {
    guard text.count > 1, let first = text.first else { return false }
    return !first.isNumber && first != " " && text.last != " "
  }

  /// Says whether parser or checker suggest the right word, or one that is as near.
  package func isMended(in scope: CheckScope) -> Bool {
    let text = before + wrong + after
    let loaded = Program.load(SourceText(name: "test.opsh", text: text), mode: .file) {
      (_, _) throws(Failure) in
      throw Failure(.usage, "there is no such file")
    }
    let problems = loaded.problems.joined(with: Checker.check(loaded.program, in: scope))
    let edits = problems.flatMap(\.diagnostics).compactMap { $0.fixIts.first?.applied(to: text) }
    return near.contains { edits.contains(before + $0 + after) }
  }

  /// The right word, and others that are no further from the wrong one.
  private var near: [String] {
    let distance = distance(to: right)
    return [right] + candidates.filter { self.distance(to: $0) <= distance }
  }

  private func distance(to word: String) -> Int {
    Spelling.distance(Array(wrong.utf8), Array(word.utf8))
  }
}
