import Syntax

/// Finds things in a tree without checking it.
struct TreeSearch {
  private(set) var calls: [Name] = []
  private(set) var hasDo = false
  /// The first statement or call that asks a person.
  private(set) var asks = false

  /// Says that a block does something itself.
  static func hasDo(_ block: Block) -> Bool {
    var search = TreeSearch()
    search.visit(block)
    return search.hasDo
  }

  mutating func visit(_ block: Block) {
    for statement in block.statements { visit(statement) }
  }

  private mutating func visit(_ statement: Statement) {
    switch statement {
    case .bind(_, let isDone, let pipeline, _):
      hasDo = hasDo || isDone
      visit(pipeline)
    case .perform(let pipeline, _):
      hasDo = true
      visit(pipeline)
    case .giveBack(let pipeline, _): visit(pipeline)
    case .expect(let pipeline, let reason, _):
      visit(pipeline)
      visit(reason)
    case .branch(let branch): visit(branch)
    case .loop(let loop): visit(loop)
    case .parallelBlock(let arguments, let block, _):
      visit(arguments)
      visit(block)
    case .parallelLoop(let arguments, let loop, _):
      visit(arguments)
      visit(loop)
    case .retry(let retry):
      visit(retry.count)
      visit(retry.body)
    case .waitUntil(let wait): visit(wait.condition)
    case .attempt(let body, _, let handler, _):
      visit(body)
      visit(handler)
    case .confirm(let text, _), .manual(let text, _):
      asks = true
      visit(text)
    case .note(let text, _): visit(text)
    case .show(let pipeline): visit(pipeline)
    case .help, .missing: break
    }
  }

  private mutating func visit(_ branch: IfStatement) {
    visit(branch.condition)
    visit(branch.body)
    switch branch.alternative {
    case .elseIf(let next): visit(next)
    case .elseBlock(let block): visit(block)
    case nil: break
    }
  }

  private mutating func visit(_ loop: ForStatement) {
    visit(loop.source)
    visit(loop.body)
  }

  // MARK: - Expressions

  private mutating func visit(_ arguments: [Argument]) {
    for argument in arguments { visit(argument.value) }
  }

  private mutating func visit(_ pipeline: Pipeline?) {
    guard let pipeline else { return }
    switch pipeline.source {
    case .expression(let expression): visit(expression)
    case .run(let command):
      visit(command.options)
      for word in command.words { visit(word.parts) }
    }
    for stage in pipeline.stages {
      for expression in stage.kind.expressions { visit(expression) }
    }
  }

  private mutating func visit(_ parts: [TextPart]) {
    for case .interpolation(let expression, _) in parts { visit(expression) }
  }

  private mutating func visit(_ expression: Expression?) {
    switch expression {
    case .text(let parts, _), .sql(let parts, _): visit(parts)
    case .member(let base, _, _, _): visit(base)
    case .index(let base, let index, _):
      visit(base)
      visit(index)
    case .call(let callee, let arguments, _):
      if case .name(let name) = callee {
        calls.append(name)
        asks = asks || name.text == "ask"
      }
      visit(callee)
      visit(arguments)
    case .negate(let operand, _), .not(let operand, _): visit(operand)
    case .binary(let left, _, let right, _):
      visit(left)
      visit(right)
    case .list(let elements, _): for element in elements { visit(element) }
    case .record(let fields, _): for field in fields { visit(field.value) }
    case .parenthesized(let pipeline, _): visit(pipeline)
    case .nothing, .bool, .int, .number, .percent, .duration, .size, .time, .ago, .now, .it,
      .field, .name, .missing, nil:
      break
    }
  }
}

extension Stage.Kind {
  /// Every expression that stands in the stage, in order of place.
  var expressions: [Expression] {
    switch self {
    case .where(let value), .each(let value), .first(let value), .last(let value),
      .skip(let value), .save(let value), .watch(let value):
      [value]
    case .select(let fields): fields.map(\.value)
    case .sort(let keys): keys.map(\.value)
    case .group(let keys, let with): keys.map(\.value) + with.map(\.value)
    case .join(let other, let keys): [other] + keys
    case .chart(let value, let by): [value, by]
    case .distinct(let arguments), .aggregate(_, let arguments), .test(_, let arguments):
      arguments.map(\.value)
    case .count, .only, .flatten, .reverse, .format, .missing: []
    }
  }
}
