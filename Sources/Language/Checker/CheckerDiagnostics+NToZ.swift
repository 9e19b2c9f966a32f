import Diagnostics
import Objects
import Syntax
import Values

/// Every message of the checker, in alphabetical order: n to z.
extension Diagnostic {
  static func nameOutOfSight(
    _ name: String,
    _ end: NameTable.End,
    at span: SourceSpan,
    first: SourceSpan
  ) -> Self {
    let why =
      switch end {
      case .block: "its block has ended"
      case .step(""): "this block sees parameters only"
      case .step(let title): "step \"\(title)\" has a 'when', so its names end with it"
      case .parallel: "what runs side by side sees no names of each other"
      }
    return Self(
      "'\(name)' can not be seen here: \(why)",
      at: span,
      notes: [Note("bound here", at: first)]
    )
  }

  static func neverEqual(_ left: ValueType, _ right: ValueType, at span: SourceSpan, fixIt: FixIt?)
    -> Self
  {
    Self(
      "\(left.phrase) is never equal to \(right.phrase)"
        + (fixIt == nil ? unitHint(left, right) : ""),
      at: span,
      fixIts: fixIt.map { [$0] } ?? []
    )
  }

  static func neverIn(_ value: ValueType, _ element: ValueType, at span: SourceSpan) -> Self {
    Self("\(value.phrase) is never in a list of \(element.name)", at: span)
  }

  static func noArithmetic(
    _ left: ValueType,
    _ operation: BinaryOperator,
    _ right: ValueType,
    at span: SourceSpan
  ) -> Self {
    let hint =
      switch (left, right) {
      case (.text, _), (_, .text), (.oneOf, _), (_, .oneOf):
        operation == .add ? "; put texts together as \"${a}${b}\"" : ""
      case (.time, .time): "; the difference of two times is a duration"
      case (.list, _), (_, .list): operation == .add ? "; for one list use '| flatten'" : ""
      default: unitHint(left, right)
      }
    return Self(
      "'\(operation.rawValue)' does not go between \(left.phrase) and \(right.phrase)\(hint)",
      at: span
    )
  }

  static func noOrder(_ type: ValueType, _ operation: String, at span: SourceSpan) -> Self {
    let hint =
      switch type {
      case .text, .oneOf: ": texts have no order; compare with 'is', or use 'sort by'"
      case .list: ": count it first, as (… | count)"
      default: ": it orders numbers, percents, durations, sizes and times"
      }
    return Self("'\(operation)' can not compare \(type.phrase)\(hint)", at: span)
  }

  static func notAList(_ type: ValueType, what: String, at span: SourceSpan) -> Self {
    Self("\(what) needs a list, but this is \(type.phrase)", at: span)
  }

  static func notANumber(_ what: String, _ type: ValueType, at span: SourceSpan) -> Self {
    let hint = type.isOrdered ? "" : ": a number, percent, duration or size is needed"
    return Self("\(what) can not take \(type.phrase)\(hint)", at: span)
  }

  static func notCallable(_ text: String, at span: SourceSpan) -> Self {
    Self("'\(text)' is a value and no function: it can not be called", at: span)
  }

  static func notComparable(
    _ left: ValueType,
    _ operation: String,
    _ right: ValueType,
    at span: SourceSpan,
    fixIt: FixIt?
  ) -> Self {
    let hint =
      switch (left, right) {
      case (.time, .duration), (.duration, .time): "; a time is needed, such as 1h ago"
      default: fixIt == nil ? unitHint(left, right) : ""
      }
    return Self(
      "'\(operation)' can not compare \(left.phrase) with \(right.phrase)\(hint)",
      at: span,
      fixIts: fixIt.map { [$0] } ?? []
    )
  }

  static func notDeclarative(at span: SourceSpan) -> Self {
    Self(
      "a stack file holds only literals, lists, records, and calls such as secret(\"NAME\")",
      at: span
    )
  }

  static func notInEnvironment(
    _ member: String,
    _ environment: String,
    advice: String,
    at span: SourceSpan
  ) -> Self {
    Self("\(environment) has no '\(member)': \(advice)", at: span)
  }

  static func notIndexable(_ type: ValueType, at span: SourceSpan) -> Self {
    Self("\(type.phrase) has no elements to look up", at: span)
  }

  static func notInSQL(_ type: ValueType, at span: SourceSpan) -> Self {
    let hint =
      switch type {
      case .sql: "write one text; for a name use ${identifier(name)}"
      case .secret: "a secret goes only where it is declared"
      default: "bind one of its fields"
      }
    return Self("\(type.phrase) can not be bound in an SQL text: \(hint)", at: span)
  }

  static func notInText(_ type: ValueType, at span: SourceSpan) -> Self {
    let hint =
      switch type {
      case .list: "write (… | as json), or xs.joined(\", \")"
      case .record, .fields: "name a field of it, or write (… | as json)"
      case .plan: "its words are its .summary"
      default: "pass it on by itself"
      }
    return Self("\(type.phrase) can not be put into a text: \(hint)", at: span)
  }

  static func notInThisVersion(_ what: String, at span: SourceSpan) -> Self {
    Self("\(what) is not in this version", at: span)
  }

  static func notSaved(_ type: ValueType, at span: SourceSpan) -> Self {
    Self("\(type.phrase) can not be saved", at: span)
  }

  static func notSortable(_ type: ValueType, at span: SourceSpan) -> Self {
    Self("rows can not be sorted by \(type.phrase): name a field of it", at: span)
  }

  static func outsideStage(_ text: String, at span: SourceSpan) -> Self {
    Self("'\(text)' means the row of a stage, and this is outside of one", at: span)
  }

  static func planAsValue(_ what: String, at span: SourceSpan) -> Self {
    Self("\(what) needs a value, but this is a plan; do it first: let x = do …", at: span)
  }

  static func planNotDone(isRun: Bool, at span: SourceSpan) -> Self {
    let place = SourceSpan(span.start, span.start)
    let what = isRun ? "this 'run' is a plan" : "this is a plan"
    return Self(
      "\(what), and nothing does it",
      at: span,
      fixIts: [FixIt("did you mean 'do'?", at: place, replacement: "do ")]
    )
  }

  static func recursion(_ path: [String], at span: SourceSpan) -> Self {
    guard path.count > 1 else {
      return Self("'\(path.first ?? "")' calls itself, which a function does not", at: span)
    }
    let names = path.map { "'\($0)'" }.joined(separator: ", ")
    return Self("these functions call each other in a circle: \(names)", at: span)
  }

  static func returnOutsideFunction(at span: SourceSpan) -> Self {
    Self("'return' stands only in a function", at: span)
  }

  static func rowsNot(_ what: String, _ type: ValueType, at span: SourceSpan) -> Self {
    Self("no row that is \(type.phrase) \(what)", at: span)
  }

  static func runNeedsDo(at span: SourceSpan) -> Self {
    Self(
      "this 'run' may change something: only 'do', or a read that the stack file declares under "
        + "'reads', gives its result",
      at: span
    )
  }

  static func secretInText(_ name: String, at span: SourceSpan) -> Self {
    Self("this text contains the secret '\(name)': write secret(\"\(name)\") instead", at: span)
  }

  static func secretInWord(at span: SourceSpan) -> Self {
    Self("a secret can not be an argument: pass it in 'with:' or 'input:'", at: span)
  }

  static func secretNotSet(_ name: String, lookedIn: String, at span: SourceSpan) -> Self {
    Self("the secret '\(name)' is not set; looked for in \(lookedIn)", at: span)
  }

  static func settingsNotRecord(at span: SourceSpan) -> Self {
    Self("the settings are one record: {allow_url: {vercel: [\"vercel.example.com\"]}}", at: span)
  }

  static func stackMissing(at span: SourceSpan) -> Self {
    Self("a stack file begins with: stack \"name\" { … }", at: span)
  }

  static func stageArguments(_ stage: String, needed: String, at span: SourceSpan) -> Self {
    Self("'\(stage)' needs \(needed)", at: span)
  }

  static func stageAsFunction(_ name: String, at span: SourceSpan) -> Self {
    Self("'\(name)' is a stage of a pipeline: write (xs | \(name) …)", at: span)
  }

  static func textNotPlain(at span: SourceSpan) -> Self {
    Self("a text in a stack file has no ${}", at: span)
  }

  static func tooManyArguments(of callee: String, takes count: Int, at span: SourceSpan) -> Self {
    let takes =
      switch count {
      case 0: "no arguments"
      case 1: "one argument"
      default: "\(count) arguments"
      }
    return Self("\(callee) takes \(takes): this is one too many", at: span)
  }

  static func typeNeeded(at span: SourceSpan) -> Self {
    Self("a type is needed here, such as time", at: span)
  }

  static func unboundName(
    _ name: String,
    nearest: String?,
    environments: [String],
    at span: SourceSpan
  ) -> Self {
    var message = "there is no '\(name)' here"
    if nearest == nil, !environments.isEmpty {
      message += "; the environments are \(environments.joined(separator: ", "))"
    }
    return Self(message, at: span, fixIts: didYouMean(nearest, at: span))
  }

  static func unknownChoice(
    _ text: String,
    of choices: [String],
    nearest: String?,
    at span: SourceSpan
  ) -> Self {
    let all = choices.map { "\"\($0)\"" }.joined(separator: ", ")
    let fixIts = nearest.map { choice in
      [FixIt("did you mean \"\(choice)\"?", at: span, replacement: "\"\(choice)\"")]
    }
    return Self("\"\(text)\" is none of \(all)", at: span, fixIts: fixIts ?? [])
  }

  static func unknownField(_ name: String, nearest: String?, at span: SourceSpan) -> Self {
    let fixIts = nearest.map {
      [FixIt("did you mean \"\($0)\"?", at: span, replacement: "\"\($0)\"")]
    }
    return Self("the record has no field \"\(name)\"", at: span, fixIts: fixIts ?? [])
  }

  static func unknownFunction(_ name: String, nearest: String?, at span: SourceSpan) -> Self {
    Self("there is no function '\(name)'", at: span, fixIts: didYouMean(nearest, at: span))
  }

  static func unknownLabel(
    _ label: String,
    of callee: String,
    labels: [String],
    nearest: String?,
    at span: SourceSpan
  ) -> Self {
    var message = "\(callee) has no argument '\(label):'"
    if labels.isEmpty { message += "; it takes no labels" }
    return Self(message, at: span, fixIts: didYouMean(nearest, at: span))
  }

  static func unknownMember(_ name: String, of owner: String, nearest: String?, at span: SourceSpan)
    -> Self
  {
    Self("\(owner) has no member '\(name)'", at: span, fixIts: didYouMean(nearest, at: span))
  }

  static func unknownObject(
    _ name: String,
    kind: String,
    known: [String],
    nearest: String?,
    at span: SourceSpan
  ) -> Self {
    let fixIts = nearest.map {
      [FixIt("did you mean \"\($0)\"?", at: span, replacement: "\"\($0)\"")]
    }
    var message = "the stack has no \(kind) \"\(name)\""
    if nearest == nil, !known.isEmpty { message += "; it has \(known.joined(separator: ", "))" }
    return Self(message, at: span, fixIts: fixIts ?? [])
  }

  static func unknownType(_ name: String, nearest: String?, at span: SourceSpan) -> Self {
    Self("there is no type '\(name)'", at: span, fixIts: didYouMean(nearest, at: span))
  }

  static func unlockInFile(at span: SourceSpan) -> Self {
    Self("'unlock' works at the prompt only", at: span)
  }

  static func unreadableFile(_ path: String, _ failure: Failure, at span: SourceSpan) -> Self {
    Self("'\(path)' can not be used: \(failure.message)", at: span)
  }

  static func unusedName(_ name: String, at span: SourceSpan) -> Self {
    Self("'\(name)' is never used", at: span, severity: .warning)
  }

  static func usedFileHoldsMore(at span: SourceSpan) -> Self {
    Self("a file that others use holds only functions and runbooks", at: span)
  }

  static func usedFileIsStack(at span: SourceSpan) -> Self {
    Self("a stack file can not be used by another: it is found by itself, or by --stack", at: span)
  }

  static func usesTooDeep(limit: Int, at span: SourceSpan) -> Self {
    Self("files that use each other more than \(limit) deep are not read", at: span)
  }

  static func wrongIndex(_ type: ValueType, at span: SourceSpan) -> Self {
    Self(
      "an element is looked up by a name or a whole number, but this is \(type.phrase)",
      at: span
    )
  }

  static func wrongType(
    _ what: String,
    _ expected: ValueType,
    _ actual: ValueType,
    at span: SourceSpan,
    fixIt: FixIt?
  ) -> Self {
    var message = "\(what) must be \(expected.unwrapped.phrase), but is \(actual.phrase)"
    if actual == .plan {
      message += "; do it first: let x = do …"
    } else if fixIt == nil {
      message += unitHint(expected.unwrapped, actual)
    }
    return Self(message, at: span, fixIts: fixIt.map { [$0] } ?? [])
  }

  /// Says what to write where a bare number stands beside something with a unit.
  private static func unitHint(_ left: ValueType, _ right: ValueType) -> String {
    let measured = left.isNumber ? right : left
    guard left.isNumber != right.isNumber else { return "" }
    return switch measured {
    case .duration: "; write its unit, such as 30s"
    case .size: "; write its unit, such as 10MB"
    case .percent: "; write a percent, such as 5%"
    case .time: "; write a duration, such as 1h"
    default: ""
    }
  }
}
