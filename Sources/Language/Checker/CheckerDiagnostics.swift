import Diagnostics
import Objects
import Values

/// Every message of the checker, in alphabetical order: a to m.
extension Diagnostic {
  static func actionNotCalled(_ name: String, required: [Parameter], at span: SourceSpan) -> Self {
    let end = SourceSpan(span.end, span.end)
    let fixIt = FixIt("did you mean '\(name)()'?", at: end, replacement: "()")
    return Self(
      "'\(name)' is an action: it is called, as \(call(name, required))",
      at: span,
      fixIts: required.isEmpty ? [fixIt] : []
    )
  }

  static func afterLastStage(_ stage: String, at span: SourceSpan, first: SourceSpan) -> Self {
    let hint = stage.hasPrefix("as ") ? "only 'save' may follow" : "nothing may follow"
    return Self(
      "'\(stage)' ends the pipeline: \(hint)",
      at: span,
      notes: [Note("it ends here", at: first)]
    )
  }

  static func argumentTwice(_ label: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self("'\(label)' is given twice", at: span, notes: [Note("first given here", at: first)])
  }

  static func argumentsNeeded(_ name: String, _ required: [Parameter], at span: SourceSpan)
    -> Self
  {
    Self("'\(name)' needs its arguments: \(call(name, required))", at: span)
  }

  static func asksInParallel(_ word: String, at span: SourceSpan) -> Self {
    Self("'\(word)' asks a person: it can not stand inside 'parallel'", at: span)
  }

  static func badPattern(_ message: String, at span: SourceSpan) -> Self {
    Self(message, at: span)
  }

  static func callsTooDeep(_ name: String, limit: Int, at span: SourceSpan) -> Self {
    Self(
      "with '\(name)' and what it calls, functions nest more than \(limit) deep here; "
        + "call it from a step, and pass its result on",
      at: span
    )
  }

  static func conditionWithoutRow(_ word: String, at span: SourceSpan) -> Self {
    Self(
      "the condition of '\(word)' is the same for every row: it uses neither '.field' nor 'it'",
      at: span
    )
  }

  static func cycleOfUses(_ path: [String], at span: SourceSpan) -> Self {
    guard path.count > 1 else { return Self("a file can not use itself", at: span) }
    return Self("these files use each other: \(path.joined(separator: ", "))", at: span)
  }

  static func doWithoutPlan(
    _ type: ValueType,
    isRun: Bool,
    at span: SourceSpan,
    word: SourceSpan
  ) -> Self {
    let why =
      isRun
      ? "the stack file declares this 'run' a read: it needs no 'do'"
      : "'do' needs a plan, but this is \(type.phrase)"
    return Self(why, at: span, fixIts: [FixIt("remove 'do'", at: word, replacement: "")])
  }

  static func duplicateBinding(_ name: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self(
      "'\(name)' is already bound, and no name hides another",
      at: span,
      notes: [Note("first bound here", at: first)]
    )
  }

  static func duplicateEntry(_ name: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self("'\(name)' stands here twice", at: span, notes: [Note("first here", at: first)])
  }

  static func duplicateField(_ name: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self("the record has '\(name)' twice", at: span, notes: [Note("first here", at: first)])
  }

  static func duplicateFunction(_ name: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self(
      "there is already a function '\(name)'",
      at: span,
      notes: [Note("first declared here", at: first)]
    )
  }

  static func duplicateFunction(_ name: String, at span: SourceSpan, elsewhere: String) -> Self {
    Self("there is already a function '\(name)', in \(elsewhere)", at: span)
  }

  static func duplicateStep(_ title: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Self(
      "there is already a step \"\(title)\"",
      at: span,
      notes: [Note("first here", at: first)]
    )
  }

  static func environmentDefault(_ name: String, at span: SourceSpan, end: Int) -> Self {
    let place = SourceSpan(end, span.end)
    return Self(
      "'\(name)' is an environment: it has no default, so that nothing changes the wrong one",
      at: span,
      fixIts: [FixIt("remove the default", at: place, replacement: "")]
    )
  }

  static func fieldNeedsName(at span: SourceSpan) -> Self {
    Self("this field needs a name: write 'name: …' before it", at: span)
  }

  static func functionAsValue(_ name: String, at span: SourceSpan) -> Self {
    Self("'\(name)' is a function and no value: call it, as \(name)(…)", at: span)
  }

  static func hidesName(_ name: String, what: String, at span: SourceSpan) -> Self {
    Self("'\(name)' already stands for \(what), and no name hides another", at: span)
  }

  static func inNeedsList(_ type: ValueType, at span: SourceSpan) -> Self {
    let hint = type.unwrapped == .text ? "; for a part of a text use 'matches'" : ""
    return Self("'in' looks in a list, but this is \(type.phrase)\(hint)", at: span)
  }

  static func labelNeeded(_ labels: [String], of callee: String, at span: SourceSpan) -> Self {
    let names = labels.map { "'\($0):'" }.joined(separator: ", ")
    guard labels.count == 1, let label = labels.first else {
      return Self("this argument of \(callee) needs its label, one of \(names)", at: span)
    }
    let place = SourceSpan(span.start, span.start)
    return Self(
      "this argument of \(callee) needs its label \(names)",
      at: span,
      fixIts: [FixIt("write \(names) before it", at: place, replacement: "\(label): ")]
    )
  }

  static func labelNotNeeded(_ label: String, of callee: String, at span: SourceSpan) -> Self {
    Self("this argument of \(callee) is given by its place, without '\(label):'", at: span)
  }

  static func listInWord(at span: SourceSpan, text: String) -> Self {
    Self(
      "a list is several arguments: write it as a word of its own",
      at: span,
      fixIts: [FixIt("did you mean '${...\(text)}'?", at: span, replacement: "${...\(text)}")]
    )
  }

  static func memberOfElements(
    _ name: String,
    of owner: String,
    nearest: String?,
    at span: SourceSpan
  ) -> Self {
    Self(
      "\(owner) has no member '\(name)'; for that of each row write '| each .\(name)'",
      at: span,
      fixIts: didYouMean(nearest, at: span)
    )
  }

  static func memberOfPlan(_ name: String, at span: SourceSpan) -> Self {
    Self(
      "a plan has no member '\(name)'; its result has members once it is done: let x = do …",
      at: span
    )
  }

  static func memberOfSecret(_ name: String, at span: SourceSpan) -> Self {
    Self(
      "a secret has no member '\(name)': it can be passed on and compared, and that is all",
      at: span
    )
  }

  static func misplacedAsk(at span: SourceSpan) -> Self {
    Self(
      "'ask' is the whole right side of a 'let' or a default, or the whole condition of an 'if' "
        + "or 'when'",
      at: span
    )
  }

  static func missingArguments(_ missing: [Parameter], of callee: String, at span: SourceSpan)
    -> Self
  {
    let names = missing.map { $0.isPositional ? "'\($0.name)'" : "'\($0.name):'" }
    return Self("\(callee) needs \(names.joined(separator: ", "))", at: span)
  }

  // MARK: - Words

  static func didYouMean(_ name: String?, at span: SourceSpan) -> [FixIt] {
    name.map { [FixIt("did you mean '\($0)'?", at: span, replacement: $0)] } ?? []
  }

  private static func call(_ name: String, _ required: [Parameter]) -> String {
    let arguments = required.map { $0.isPositional ? $0.name : "\($0.name): …" }
    return "\(name)(\(arguments.joined(separator: ", ")))"
  }
}
