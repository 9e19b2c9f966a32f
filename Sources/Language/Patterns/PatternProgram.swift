/// A pattern as instructions for a machine that is in several places at once.
struct PatternProgram {
  enum Instruction: Sendable {
    /// Takes a scalar of a set; what of it is ASCII stands here as bits.
    case take(low: UInt64, high: UInt64, set: Int)
    case split(Int, Int)
    case jump(Int)
    case anchor(PatternAnchor)
    case match
  }

  private(set) var instructions: [Instruction] = []
  private(set) var sets: [ScalarSet] = []
  /// How many pieces may still be written out; repetitions of repetitions multiply.
  private var budget = 20_000

  static func compile(_ tree: PatternTree) throws(PatternError) -> Self {
    var program = Self()
    try program.emit(tree)
    program.instructions.append(.match)
    return program
  }

  /// Says that it can only begin where the text does.
  var isAnchored: Bool {
    if case .anchor(.textStart)? = instructions.first { true } else { false }
  }

  private mutating func emit(_ tree: PatternTree) throws(PatternError) {
    budget -= 1
    guard budget > 0 else { throw PatternError("its repetitions make it too large") }
    switch tree {
    case .empty: break
    case .set(let set):
      let ascii = set.ascii
      instructions.append(.take(low: ascii.low, high: ascii.high, set: sets.count))
      sets.append(set)
    case .anchor(let anchor): instructions.append(.anchor(anchor))
    case .sequence(let parts): for part in parts { try emit(part) }
    case .choice(let branches): try emit(branches)
    case .repeated(let part, let least, let most):
      for _ in 0..<least { try emit(part) }
      if let most { try emit(part, upTo: most - least) } else { try emitLoop(part) }
    }
  }

  private mutating func emit(_ branches: [PatternTree]) throws(PatternError) {
    var ends: [Int] = []
    for (index, branch) in branches.enumerated() {
      guard index < branches.count - 1 else {
        try emit(branch)
        break
      }
      let split = reserve()
      try emit(branch)
      ends.append(reserve())
      instructions[split] = .split(split + 1, instructions.count)
    }
    for end in ends { instructions[end] = .jump(instructions.count) }
  }

  private mutating func emit(_ part: PatternTree, upTo count: Int) throws(PatternError) {
    var splits: [Int] = []
    for _ in 0..<count {
      splits.append(reserve())
      try emit(part)
    }
    for split in splits { instructions[split] = .split(split + 1, instructions.count) }
  }

  private mutating func emitLoop(_ part: PatternTree) throws(PatternError) {
    let split = reserve()
    try emit(part)
    instructions.append(.jump(split))
    instructions[split] = .split(split + 1, instructions.count)
  }

  /// Leaves room for an instruction whose target is not known yet.
  private mutating func reserve() -> Int {
    instructions.append(.match)
    return instructions.count - 1
  }
}
