import Syntax

extension Pipeline {
  /// The members and functions that a `do` calls in its source and its `each` stages.
  var calledNames: [String] {
    var names: [String] = []
    if case .expression(let expression) = source { names += expression.calledNames }
    for stage in stages {
      if case .each(let expression) = stage.kind { names += expression.calledNames }
    }
    return names
  }
}

extension Expression {
  fileprivate var calledNames: [String] {
    switch self {
    case .call(.member(_, let name, _, _), _, _), .call(.field(let name, _), _, _),
      .call(.name(let name), _, _):
      [name.text]
    case .list(let elements, _): elements.flatMap(\.calledNames)
    case .parenthesized(let pipeline, _): pipeline.calledNames
    case .binary(let left, .otherwise, let right, _): left.calledNames + right.calledNames
    default: []
    }
  }
}

extension Statement {
  /// Says that it is a `do`, or that one is somewhere inside.
  var hasDo: Bool {
    switch self {
    case .bind(_, let isDone, _, _): isDone
    case .perform: true
    case .branch(let statement): statement.hasDo
    case .loop(let statement), .parallelLoop(_, let statement, _): statement.body.hasDo
    case .parallelBlock(_, let block, _): block.hasDo
    case .retry(let statement): statement.body.hasDo
    case .attempt(let body, _, let handler, _): body.hasDo || handler.hasDo
    case .giveBack, .expect, .waitUntil, .confirm, .manual, .note, .show, .help, .missing: false
    }
  }
}

extension Block {
  fileprivate var hasDo: Bool { statements.contains(where: \.hasDo) }
}

extension IfStatement {
  fileprivate var hasDo: Bool {
    if body.hasDo { return true }
    return switch alternative {
    case .elseIf(let statement): statement.hasDo
    case .elseBlock(let block): block.hasDo
    case nil: false
    }
  }
}
