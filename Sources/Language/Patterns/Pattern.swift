private import Synchronization
import Values

/// A compiled regular expression.
///
/// It runs once over the text, in time that grows with its length and no faster: what goes back and
/// tries again, as most engines do, can take for ever on a log line that somebody else wrote.
/// Therefore it has no back-references and no lookaround.
final class Pattern: Sendable {
  private let program: [PatternProgram.Instruction]
  private let sets: [ScalarSet]
  private let isAnchored: Bool

  /// - Throws: `badPattern` with what is wrong, or not to be had here.
  private init(_ text: String) throws(EvaluationError) {
    do throws(PatternError) {
      let compiled = try PatternProgram.compile(try PatternParser.parse(text))
      program = compiled.instructions
      sets = compiled.sets
      isAnchored = compiled.isAnchored
    } catch {
      throw .badPattern(text, reason: error.reason)
    }
  }

  /// How many states are visited between two looks whether to go on.
  private static let stride = 1 << 14

  /// Says whether it occurs anywhere in a text.
  ///
  /// - Throws: `interrupted` or `timeout` when it is cancelled meanwhile.
  func matches(_ text: String, cancelled: Cancellation) throws(Failure) -> Bool {
    var states = States(count: program.count)
    var scalars = text.unicodeScalars.makeIterator()
    var here = scalars.next()
    if add(0, to: &states, after: nil, before: here) { return true }
    var visited = 0
    while let scalar = here {
      let next = scalars.next()
      states.step()
      for index in states.previous.indices {
        let state = states.previous[index]
        guard takes(state, scalar) else { continue }
        if add(state + 1, to: &states, after: scalar, before: next) { return true }
      }
      if isAnchored {
        if states.current.isEmpty { return false }
      } else if add(0, to: &states, after: scalar, before: next) {
        return true
      }
      visited += states.current.count + 1
      if visited >= Self.stride {
        visited = 0
        try cancelled.check()
      }
      here = next
    }
    return false
  }

  private func takes(_ state: Int, _ scalar: Unicode.Scalar) -> Bool {
    guard case .take(let low, let high, let set) = program[state] else { return false }
    switch scalar.value {
    case 0..<64: return low >> UInt64(scalar.value) & 1 == 1
    case 64..<128: return high >> UInt64(scalar.value - 64) & 1 == 1
    default: return sets[set].contains(scalar)
    }
  }

  /// Adds a state and those that are reached from it without a scalar; says whether the end is.
  private func add(
    _ state: Int,
    to states: inout States,
    after left: Unicode.Scalar?,
    before right: Unicode.Scalar?
  ) -> Bool {
    states.open.append(state)
    while let state = states.open.popLast() {
      guard states.mark(state) else { continue }
      switch program[state] {
      case .take: states.current.append(state)
      case .jump(let target): states.open.append(target)
      case .split(let first, let second):
        states.open.append(second)
        states.open.append(first)
      case .anchor(let anchor):
        if anchor.holds(after: left, before: right) { states.open.append(state + 1) }
      case .match: return true
      }
    }
    return false
  }

  /// The states that the program is in, each once.
  private struct States {
    var current: [Int] = []
    var previous: [Int] = []
    var open: [Int] = []
    private var marks: [Int]
    private var turn = 1

    init(count: Int) {
      marks = Array(repeating: 0, count: count)
    }

    mutating func step() {
      swap(&current, &previous)
      current.removeAll(keepingCapacity: true)
      turn += 1
    }

    /// Says whether it was not there yet in this turn.
    mutating func mark(_ state: Int) -> Bool {
      guard marks[state] != turn else { return false }
      marks[state] = turn
      return true
    }
  }

  // MARK: - The cache

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
