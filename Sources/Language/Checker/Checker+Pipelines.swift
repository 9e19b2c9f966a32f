import Diagnostics
import Syntax
import Values

extension Checker {
  /// Infers a pipeline; `isInside` says that it stands in parentheses.
  func infer(_ pipeline: Pipeline, isInside: Bool = false) -> StaticType {
    var value: StaticType
    switch pipeline.source {
    case .expression(let expression): value = infer(expression)
    case .run(let command):
      value = infer(command)
      if isInside || !pipeline.stages.isEmpty {
        if value.isPlan {
          add(.runNeedsDo(at: command.span))
          value = .any
        } else if !pipeline.stages.isEmpty {
          value = StaticType(.list(of: .text))
        }
      }
    }
    for (position, stage) in pipeline.stages.enumerated() {
      checkPlace(of: stage, position, in: pipeline)
      value = infer(stage, of: value)
    }
    return value
  }

  /// Reports what stands behind a stage that ends a pipeline.
  private func checkPlace(of stage: Stage, _ position: Int, in pipeline: Pipeline) {
    guard position > 0 else { return }
    let before = pipeline.stages[position - 1]
    switch (before.kind, stage.kind) {
    case (.format, .save), (.missing, _): break
    case (.format(let name), _):
      add(.afterLastStage("as \(name.text)", at: stage.keyword, first: before.keyword))
    case (.save, _): add(.afterLastStage("save", at: stage.keyword, first: before.keyword))
    case (.watch, _): add(.afterLastStage("watch", at: stage.keyword, first: before.keyword))
    case (.chart, _): add(.afterLastStage("chart", at: stage.keyword, first: before.keyword))
    default: break
    }
  }

  private func infer(_ stage: Stage, of value: StaticType) -> StaticType {
    let row = element(of: value)
    noteLater(stage)
    switch stage.kind {
    case .where(let condition):
      checkRowCondition(condition, row, of: "where", at: stage)
      return row.listed
    case .each(let expression): return withRow(row) { infer(expression) }.0.listed
    case .first(let count), .last(let count), .skip(let count):
      require(.int, count, what: "the count of '\(source.text(of: stage.keyword))'")
      return row.listed
    case .save(let path):
      require(.text, path, what: "the file name of 'save'")
      refuseUnsavable(value, at: stage.keyword)
      return StaticType(.nothing)
    case .select(let fields): return StaticType(.fields(inferNamed(fields, row))).listed
    case .sort(let keys):
      for key in keys { checkSortKey(key.value, row) }
      return row.listed
    case .group(let keys, let with): return inferGroup(keys, with, row)
    case .join(let other, let keys): return inferJoin(row, other, keys)
    case .chart(let value, let by):
      _ = withRow(row) { (infer(value), infer(by)) }
      return StaticType(.nothing)
    case .count: return StaticType(.int)
    case .only: return row
    case .reverse: return row.listed
    case .flatten: return element(of: row).listed
    case .distinct(let arguments):
      for argument in arguments { _ = withRow(row) { infer(argument.value) } }
      return row.listed
    case .aggregate(let aggregate, let arguments):
      return infer(aggregate, arguments, row, at: stage.keyword)
    case .test(let test, let arguments):
      return infer(test, arguments, row, at: stage)
    case .format:
      refuseRows(of: value, "can be written as text", at: stage.keyword)
      return StaticType(.text)
    case .watch(let pause):
      require(.duration, pause, what: "'every'")
      return StaticType(.nothing)
    case .missing: return .any
    }
  }

  private func noteLater(_ stage: Stage) {
    switch stage.kind {
    case .chart, .watch, .join, .aggregate(.percentile, _):
      addLater("'\(source.text(of: stage.keyword))'", at: stage.keyword)
    case .format(let name) where name.text == "yaml": addLater("'as yaml'", at: name.span)
    default: break
    }
  }

  private func refuseUnsavable(_ value: StaticType, at span: SourceSpan) {
    switch value.plain {
    case .plan, .secret, .nothing: add(.notSaved(value.plain, at: span))
    default: refuseRows(of: value, "can be saved", at: span)
    }
  }

  private func refuseRows(of value: StaticType, _ what: String, at span: SourceSpan) {
    switch element(of: value).plain {
    case .plan, .secret: add(.rowsNot(what, element(of: value).plain, at: span))
    default: break
    }
  }

  // MARK: - Conditions

  /// Checks the condition of `where`, `any`, `all`, `none`, `find`: a bool that asks of the row.
  private func checkRowCondition(
    _ condition: Expression,
    _ row: StaticType,
    of word: String,
    at stage: Stage
  ) {
    let before = findings.count
    let (given, isUsed) = withRow(row) { infer(condition) }
    if !accepts(.bool, given.type) {
      add(
        .wrongType(
          "the condition of '\(word)'",
          .bool,
          given.plain,
          at: condition.span,
          fixIt: nil
        )
      )
    } else if !isUsed, findings.count == before {
      add(.conditionWithoutRow(word, at: condition.span))
    }
  }

  private func infer(
    _ test: Stage.Test,
    _ arguments: [Argument],
    _ row: StaticType,
    at stage: Stage
  ) -> StaticType {
    if let condition = onlyArgument(arguments, of: test.rawValue, at: stage.keyword) {
      checkRowCondition(condition, row, of: test.rawValue, at: stage)
    }
    return test == .find ? row.orNothing : StaticType(.bool)
  }

  private func onlyArgument(_ arguments: [Argument], of word: String, at span: SourceSpan)
    -> Expression?
  {
    guard let first = arguments.first else {
      add(.stageArguments(word, needed: "one argument", at: span))
      return nil
    }
    if let label = first.label {
      add(.unknownLabel(label.text, of: word, labels: [], nearest: nil, at: label.span))
    }
    for surplus in arguments.dropFirst() {
      add(.tooManyArguments(of: word, takes: 1, at: surplus.span))
    }
    return first.value
  }

  // MARK: - Sums

  func infer(
    _ aggregate: Stage.Aggregate,
    _ arguments: [Argument],
    _ row: StaticType,
    at span: SourceSpan
  ) -> StaticType {
    let word = aggregate.rawValue
    if aggregate == .percentile {
      guard arguments.count == 2 else {
        add(.stageArguments(word, needed: "a value and a percentage", at: span))
        for argument in arguments { _ = withRow(row) { infer(argument.value) } }
        return .any
      }
      require(.number, arguments[1].value, what: "the second argument of 'percentile'")
    } else if onlyArgument(arguments, of: word, at: span) == nil {
      return .any
    }
    let expression = arguments[0].value
    let value = withRow(row) { infer(expression) }.0
    guard !value.isAny else { return .any }
    let canSum = value.plain.isOrdered && value.plain != .time
    let fits = aggregate == .sum || aggregate == .average ? canSum : value.plain.isOrdered
    guard fits else {
      add(.notANumber("'\(word)'", value.plain, at: expression.span))
      return .any
    }
    let type = aggregate == .average && value.plain == .int ? .number : value.plain
    return aggregate == .sum ? StaticType(type) : StaticType(type).orNothing
  }

  private func checkSortKey(_ key: Expression, _ row: StaticType) {
    let given = withRow(row) { infer(key) }.0
    switch given.plain {
    case .list, .record, .fields, .plan, .secret, .sql:
      add(.notSortable(given.plain, at: key.span))
    default: break
    }
  }
}
