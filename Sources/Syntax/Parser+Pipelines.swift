import Diagnostics

extension Parser {
  /// Parses a pipeline that may begin with `run`: after `do`, `=`, `return`, in parentheses, or as
  /// a statement.
  mutating func parseSource() -> Pipeline {
    guard kind == .keyword(.run) else { return parsePipeline() }
    let start = token.start
    let command = parseRun()
    return parseStages(after: .run(command), from: start)
  }

  /// Parses a pipeline that begins with an expression.
  mutating func parsePipeline() -> Pipeline {
    let start = token.start
    let expression = parseExpression()
    return parseStages(after: .expression(expression), from: start)
  }

  /// Parses a pipeline behind which a block begins.
  mutating func parseHead() -> Pipeline {
    inside(spaces: false, blocks: true) { $0.parsePipeline() }
  }

  /// Parses an expression behind which a block begins.
  mutating func parseHeadExpression() -> Expression {
    inside(spaces: false, blocks: true) { $0.parseExpression() }
  }

  private mutating func parseStages(after source: PipelineSource, from start: Int) -> Pipeline {
    var stages: [Stage] = []
    var tallest = height
    while !isPanicking {
      if kind == .lineEnd, token.kind == .pipe { joinLine() }
      guard take(.pipe) else { break }
      skipLineEnd()
      stages.append(parseStage())
      tallest = max(tallest, height)
      height = tallest
      // Each stage asks the one before it for a row: a pipeline is as deep as it is long.
      grow(by: stages.count)
    }
    return Pipeline(source: source, stages: stages, span: span(from: start))
  }

  private mutating func parseStage() -> Stage {
    let word = token
    height = 0
    guard kind == .name || isWordForStage else {
      fail(.expectedStage(found: found, at: missingSpan, isIncomplete: couldGoOn))
      return Stage(.missing, keyword: gap, span: gap)
    }
    guard let name = StageName(rawValue: text(word)) else {
      let nearest = Spelling.nearest(to: text(word), in: StageName.all)
      fail(.unknownStage(text(word), nearest: nearest, at: word.span))
      skipStage()
      return Stage(.missing, keyword: word.span, span: span(from: word.start))
    }
    advance()
    let kind = parseStageBody(name)
    return Stage(kind, keyword: word.span, span: span(from: word.start))
  }

  /// Says that a reserved word stands here that is almost a stage's.
  private var isWordForStage: Bool {
    guard case .keyword = kind else { return false }
    return Spelling.nearest(to: text(token), in: StageName.all) != nil
  }

  /// Skips what belongs to a stage that is not known, so that those behind it are still read.
  private mutating func skipStage() {
    var open = 0
    while true {
      switch kind {
      case .endOfFile, .lineEnd: return
      case .pipe where open == 0:
        isPanicking = false
        return
      case .semicolon where open == 0: return
      case .leftBrace where open == 0 && bracesAreBlocks:
        isPanicking = false
        return
      case .leftParen, .leftBracket, .leftBrace, .interpolationStart, .spreadStart: open += 1
      case .rightParen, .rightBracket, .rightBrace, .interpolationEnd:
        guard open > 0 else {
          isPanicking = false
          return
        }
        open -= 1
      default: break
      }
      advance()
    }
  }

  private mutating func parseStageBody(_ name: StageName) -> Stage.Kind {
    switch name {
    case .where: .where(parseExpression())
    case .each: .each(parseExpression())
    case .first: .first(parseExpression())
    case .last: .last(parseExpression())
    case .skip: .skip(parseExpression())
    case .save: .save(parseExpression())
    case .select: .select(parseNamedList())
    case .sort: parseSort()
    case .group: parseGroup()
    case .join: parseJoin()
    case .chart: parseChart()
    case .count: .count
    case .only: .only
    case .flatten: .flatten
    case .reverse: .reverse
    case .distinct: .distinct(kind == .leftParen ? parseStageArguments(name) : [])
    case .sum: .aggregate(.sum, parseStageArguments(name))
    case .min: .aggregate(.min, parseStageArguments(name))
    case .max: .aggregate(.max, parseStageArguments(name))
    case .average: .aggregate(.average, parseStageArguments(name))
    case .percentile: .aggregate(.percentile, parseStageArguments(name))
    case .any: .test(.any, parseStageArguments(name))
    case .everyOne: .test(.all, parseStageArguments(name))
    case .none: .test(.none, parseStageArguments(name))
    case .find: .test(.find, parseStageArguments(name))
    case .as: parseFormat()
    case .watch: parseWatch()
    }
  }

  private mutating func parseStageArguments(_ name: StageName) -> [Argument] {
    guard kind == .leftParen else {
      fail(.stageNeedsParentheses(name.rawValue, found: found, at: missingSpan))
      return []
    }
    roles[index] = .attached
    return parseArguments()
  }

  private mutating func parseNamedList() -> [NamedExpression] {
    var list: [NamedExpression] = []
    var tallest = 0
    repeat {
      skipLineEndAfterComma()
      let start = token.start
      let label = parseLabel()
      let value = parseExpression()
      list.append(NamedExpression(label: label, value: value, span: span(from: start)))
      tallest = max(tallest, height)
    } while !isPanicking && take(.comma)
    height = tallest
    return list
  }

  private mutating func skipLineEndAfterComma() {
    if index > 0, tokens[index - 1].kind == .comma { skipLineEnd() }
  }

  private mutating func parseSort() -> Stage.Kind {
    expectWord("by", after: "sort")
    var keys: [SortKey] = []
    repeat {
      skipLineEndAfterComma()
      let value = parseExpression()
      keys.append(SortKey(value: value, isDescending: takeWord("desc")))
    } while !isPanicking && take(.comma)
    return .sort(keys)
  }

  private mutating func parseGroup() -> Stage.Kind {
    expectWord("by", after: "group")
    let keys = parseNamedList()
    guard takeWord("with") else { return .group(keys: keys, with: []) }
    return .group(keys: keys, with: parseNamedList())
  }

  private mutating func parseJoin() -> Stage.Kind {
    let other = parseExpression()
    guard take(.keyword(.on)) else {
      fail(.expectedWord("on", in: "join", found: found, at: missingSpan))
      return .join(other, on: [])
    }
    var keys: [Expression] = []
    repeat {
      skipLineEndAfterComma()
      keys.append(parseExpression())
    } while !isPanicking && take(.comma)
    return .join(other, on: keys)
  }

  private mutating func parseChart() -> Stage.Kind {
    let value = parseExpression()
    expectWord("by", after: "chart")
    return .chart(value, by: parseExpression())
  }

  private mutating func parseWatch() -> Stage.Kind {
    expectWord("every", after: "watch")
    return .watch(every: parseExpression())
  }

  private mutating func parseFormat() -> Stage.Kind {
    guard kind == .name else {
      fail(.expectedFormat(found: found, at: missingSpan))
      return .missing
    }
    let name = Name(text(token), at: token.span)
    advance()
    if FormatName(rawValue: name.text) == nil {
      let nearest = Spelling.nearest(to: name.text, in: FormatName.all)
      note(.unknownFormat(name.text, nearest: nearest, at: name.span))
    }
    return .format(name)
  }

  /// Takes a word that a stage or statement needs here.
  mutating func expectWord(_ word: StaticString, after place: String) {
    if takeWord(word) { return }
    fail(.expectedWord(word.description, in: place, found: found, at: missingSpan))
  }
}
