package import Diagnostics
package import Objects
package import Values

/// What evaluation asks of the world; `Runbooks` answers it for runs, tests answer it themselves.
///
/// Every call blocks. Nothing in `Language` reaches the world, a clock or a person another way.
package protocol Operations: AnyObject, Sendable {
  var vocabulary: Vocabulary { get }
  /// The names that stand for objects from the start (`stack`, `production`, …), with their types.
  var roots: [String: ValueType] { get }
  var cancellation: Cancellation { get }

  /// How long one request may take.
  var requestDeadline: TimeSpan { get }
  /// Where to say what is under way.
  var underWay: Progress { get }
  /// Takes note of what reads measure; nothing where no record is kept.
  var observe: Measurement.Observer? { get }
  /// What `this_run` is: `id`, `state`, `operator`, `started`.
  var thisRun: Record { get }

  /// Gives the object behind a root.
  func root(_ name: String) throws(Failure) -> Value
  /// Gives the secret that `secret("NAME")` means; throws `missingSecret` if it is not set.
  func secret(_ name: String) throws(Failure) -> Value
  /// Reads the clock; evaluation asks once a statement.
  func now() -> Time
  /// Waits, or throws when cancelled.
  func wait(_ span: TimeSpan) throws(Failure)

  /// Shows the value of a statement that is an expression. Streams are read here, row by row.
  func show(_ value: Value, at place: Place) throws(Failure)
  /// Makes the text that `| as NAME` gives.
  func format(_ value: Value, as name: String) throws(Failure) -> String
  /// Writes a new file; an existing one is an error.
  func save(_ value: Value, to path: String, at place: Place) throws(Failure)
  func note(_ text: String, at place: Place) throws(Failure)

  /// Asks a person; throws `approval` where nobody can answer. `confirm` with a no throws as well.
  func ask(_ question: Question, at place: Place) throws(Failure) -> Value

  /// Does the plans in order and gives their results; stops at the first that is not ok.
  ///
  /// `walkRest` walks from this `do` to the end of its step, for the question that covers it.
  func perform(
    _ plans: [Plan],
    at site: EffectSite,
    walkRest: () throws(Failure) -> [WalkItem]
  ) throws(Failure) -> [Value]
  /// Says that the body of an action function or runbook begins and ends; the plan was taken.
  ///
  /// `word` names the call in the paths of its effects.
  func willCall(
    _ plan: Plan,
    at site: EffectSite,
    word: String,
    walk: () throws(Failure) -> [WalkItem]
  ) throws(Failure)
  func didCall(
    _ plan: Plan,
    at site: EffectSite,
    word: String,
    _ result: Result<Value, Failure>
  )
  /// Says that a `parallel` with a `do` in it begins: what its turns do is asked about now, because
  /// they ask nothing. `walkRest` walks from its first turn to the end of the step.
  func willStartTurns(
    at place: Place,
    step: String?,
    walkRest: () throws(Failure) -> [WalkItem]
  ) throws(Failure)
  /// Says that a step was given a time: until nothing is said here, what is asked for is given up
  /// when this is cancelled, besides ``cancellation``.
  func didLimit(to cancellation: Cancellation?)

  /// Makes the plan that `run` is, or performs it at once if the stack file declares it a read.
  func program(_ program: ProgramCall, at place: Place) throws(Failure) -> ProgramOutcome

  /// A step that needs several people is about to begin; `walk` is what it would do.
  ///
  /// Throws `waiting` where the run has to be put down until they have said yes.
  func mayBegin(_ step: StepHeading, walk: () throws(Failure) -> [WalkItem]) throws(Failure)
  /// A step begins or ends; `skipped` is why it does not begin.
  func willBegin(_ step: StepHeading) throws(Failure)
  func didEnd(_ step: StepHeading, failure: Failure?) throws(Failure)
  func didSkip(_ step: StepHeading, reason: String) throws(Failure)
  /// A bound value, for the record: `path` is the structural place of its `let`.
  func didBind(_ name: String, _ value: Value, at place: Place) throws(Failure)
  /// A check that held or not: the words of an `expect`, `retry` or `wait`.
  func didCheck(_ text: String, holds: Bool, at place: Place) throws(Failure)
  /// A `retry`, `wait until` or `parallel` turn says how far it is.
  func progress(_ text: String)

  /// What this run did before it was interrupted; nothing in a run that begins.
  var recollection: (any Recollection)? { get }
  /// An `if` that has a change in it went one way.
  func didChoose(_ holds: Bool, at place: Place)
  /// A `for` or `parallel` that has a change in it loops over these.
  func willLoop(over elements: [Value], at place: Place)
  /// A `try` caught this, or an attempt of a `retry` ended with it.
  func didCatch(_ failure: CaughtFailure, at place: Place)
  /// The `probe` of a step was asked how what is in doubt in it ended.
  func didProbe(_ step: StepHeading, _ answer: Plan.Probe) throws(Failure)
  /// Lets a person say whether an effect in doubt was done whose plan can not be made any more.
  ///
  /// Throws `unknown` where nobody can say.
  func decide(at site: EffectSite, because failure: Failure) throws(Failure) -> Bool
  /// What the record does not hold was read again: throws `approval` where it is another value now
  /// and nobody says that it may be.
  func didReadAgain(_ what: String, _ value: Value, at place: Place) throws(Failure)
}

extension Operations {
  package var requestDeadline: TimeSpan { .seconds(30) }
  package var underWay: Progress { .unwatched }
  package var observe: Measurement.Observer? { nil }

  package func willStartTurns(
    at place: Place,
    step: String?,
    walkRest: () throws(Failure) -> [WalkItem]
  ) throws(Failure) {}

  package func didLimit(to cancellation: Cancellation?) {}

  package var recollection: (any Recollection)? { nil }
  package func didChoose(_ holds: Bool, at place: Place) {}
  package func willLoop(over elements: [Value], at place: Place) {}
  package func didCatch(_ failure: CaughtFailure, at place: Place) {}
  package func decide(at site: EffectSite, because failure: Failure) throws(Failure) -> Bool {
    throw failure
  }
  package func didProbe(_ step: StepHeading, _ answer: Plan.Probe) throws(Failure) {}
  package func didReadAgain(_ what: String, _ value: Value, at place: Place) throws(Failure) {}

  package func mayBegin(
    _ step: StepHeading,
    walk: () throws(Failure) -> [WalkItem]
  ) throws(Failure) {
    throw Failure(.approval, "nobody here can say who else approves '\(step.title)'")
  }
}

/// Where something stands: a file, its place in it, and the turns of the loops around it.
package struct Place: Hashable, Sendable {
  package var source: SourceText
  package var span: SourceSpan
  /// The structural path: step title, statement indices and loop turns, such as `Restore/2/for:3/0`.
  package var path: String

  package init(source: SourceText, span: SourceSpan, path: String) {
    self.source = source
    self.span = span
    self.path = path
  }

  package static func == (left: Place, right: Place) -> Bool {
    left.source === right.source && left.span == right.span && left.path == right.path
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(span)
    hasher.combine(path)
  }
}

/// Where an effect stands; with its path it is known in the journal.
package struct EffectSite: Sendable {
  package var place: Place
  /// The step's title; nothing in scripts and at the prompt.
  package var step: String?
  /// The name that a `let` binds to the result.
  package var binding: String?
  /// Says that a list was given: asked once, done in order.
  package var isList: Bool

  package init(place: Place, step: String?, binding: String?, isList: Bool) {
    self.place = place
    self.step = step
    self.binding = binding
    self.isList = isList
  }
}

package struct StepHeading: Hashable, Sendable {
  package var title: String
  /// From 1.
  package var number: Int
  package var count: Int
  package var documentation: [String]
  /// How many people have to approve it; 1 is the one who starts it.
  package var approvals: Int

  package init(
    title: String,
    number: Int,
    count: Int,
    documentation: [String],
    approvals: Int = 1
  ) {
    self.title = title
    self.number = number
    self.count = count
    self.documentation = documentation
    self.approvals = approvals
  }
}

/// What a person is asked.
package struct Question: Sendable {
  package enum Kind: Sendable {
    /// Yes or no; gives a `bool`.
    case yesOrNo
    /// `confirm`: a no stops the run.
    case confirm
    /// `manual`: waits until the person says what they saw; gives that text.
    case manual
    /// One of these; gives the chosen element.
    case choice([Value])
    /// A value of a type, such as a time; a `secret` is asked for unseen.
    case value(ValueType)
  }

  package var text: String
  package var kind: Kind

  package init(_ text: String, _ kind: Kind) {
    self.text = text
    self.kind = kind
  }
}

/// One `run …` with its words evaluated.
package struct ProgramCall: Sendable {
  package var arguments: [String]
  package var timeout: TimeSpan?
  package var allowedExits: [Int32]
  package var environment: [(name: String, value: Value)]
  /// Rows or text for standard input.
  package var input: Value?

  package init(
    arguments: [String],
    timeout: TimeSpan?,
    allowedExits: [Int32],
    environment: [(name: String, value: Value)],
    input: Value?
  ) {
    self.arguments = arguments
    self.timeout = timeout
    self.allowedExits = allowedExits
    self.environment = environment
    self.input = input
  }
}

package enum ProgramOutcome: Sendable {
  /// It has to be done: a change of the strictest environment.
  case plan(Plan)
  /// The stack file declares it a read; it ran: `{exit, text, lines, seconds}`.
  case value(Value)
}

/// What a walk met, in order.
package indirect enum WalkItem: Sendable {
  case step(StepHeading, [WalkItem])
  /// A step that is not walked, and why.
  case skipped(StepHeading, reason: String)
  /// Would be done here.
  case change(Plan, EffectSite)
  /// A `do` whose plan needs a result that is not known yet: its words as written.
  case pendingChange(text: String, effect: Effect, EffectSite)
  /// The body of an action function or runbook.
  case call(Plan, EffectSite, [WalkItem])
  /// An `expect` or `confirm` that is looked at when the time comes.
  case check(text: String, Place)
  /// An `ask`, `manual` or `confirm` that a person will meet.
  case question(Question, Place)
  /// Both branches of something pending, or the body of a loop: `if …`, `else`, `for each …`.
  case branch(heading: String, [WalkItem])
  /// An `expect` that held, or a value that was shown on the way.
  case held(text: String, Place)
}
