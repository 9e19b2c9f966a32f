package import Journals
package import Language
package import Objects
package import Sinks
package import Values

/// What a run needs of the world; `Shell` wires it, tests put their own in its place.
package struct Surroundings: Sendable {
  package var person: any Person
  package var terms: Terms
  package var recorder: Recorder
  package var approvals: ApprovalStore
  /// Such as `$XDG_STATE_HOME/opsh/locks`.
  package var locksPath: String
  /// The person or account that runs it, for the lock and the record.
  package var who: String
  package var vocabulary: Vocabulary
  package var roots: [String: ValueType]
  package var root: @Sendable (String) throws(Failure) -> Value
  package var secret: @Sendable (String) throws(Failure) -> Value
  /// Shows a value; gives what of it goes into the record.
  package var showValue: @Sendable (Value, Place) throws(Failure) -> JSON?
  package var formatValue: @Sendable (Value, String) throws(Failure) -> String
  package var saveValue: @Sendable (Value, String) throws(Failure) -> Void
  package var program: @Sendable (ProgramCall, CallContext) throws(Failure) -> ProgramOutcome
  package var now: @Sendable () -> Time
  package var monotonic: @Sendable () -> Int64
  /// Tells people how far it is: a line on standard error.
  package var report: @Sendable (StyledText) -> Void
  /// The full command line that approves a hash.
  package var commandLine: @Sendable (_ hash: String) -> String
  /// The prompt gives its lock back after each `do`; a runbook keeps it to its end.
  package var isPrompt: Bool
  /// How long one request may take.
  package var deadline = TimeSpan.seconds(30)
  /// Where to say what is under way.
  package var progress = Progress.unwatched
  /// What the team's machines share; nothing where this machine is alone.
  package var directory: (any TeamDirectory)?
  package var lockTerms = LockTerms()
  /// Tells a run's head to those who can confirm it later; whoever can not be told is only warned of.
  package var tellHead: (@Sendable (_ run: String) -> Void)?
  /// This machine, for those who wait for its locks.
  package var host: String?
  /// The command line of this run with further words behind it.
  package var again: @Sendable ([String]) -> String = {
    "the same with \($0.joined(separator: " "))"
  }
  /// A word as it has to be typed on a command line.
  package var quoted: @Sendable (String) -> String = { "\"\($0)\"" }
  /// A clock that also counts the time that the machine slept.
  package var awake: @Sendable () -> Int64 = { Time.wakefulMicroseconds() }

  package init(
    person: any Person,
    terms: Terms,
    recorder: Recorder,
    approvals: ApprovalStore,
    locksPath: String,
    who: String,
    vocabulary: Vocabulary,
    roots: [String: ValueType],
    root: @escaping @Sendable (String) throws(Failure) -> Value,
    secret: @escaping @Sendable (String) throws(Failure) -> Value = { (name) throws(Failure) in
      throw Failure(.missingSecret, "the secret \(name) is not set")
    },
    showValue: @escaping @Sendable (Value, Place) throws(Failure) -> JSON?,
    formatValue: @escaping @Sendable (Value, String) throws(Failure) -> String,
    saveValue: @escaping @Sendable (Value, String) throws(Failure) -> Void,
    program: @escaping @Sendable (ProgramCall, CallContext) throws(Failure) -> ProgramOutcome,
    report: @escaping @Sendable (StyledText) -> Void,
    commandLine: @escaping @Sendable (String) -> String,
    isPrompt: Bool = false,
    now: @escaping @Sendable () -> Time = { Time.now() },
    monotonic: @escaping @Sendable () -> Int64 = { Time.monotonicMicroseconds() }
  ) {
    self.person = person
    self.terms = terms
    self.recorder = recorder
    self.approvals = approvals
    self.locksPath = locksPath
    self.who = who
    self.vocabulary = vocabulary
    self.roots = roots
    self.root = root
    self.secret = secret
    self.showValue = showValue
    self.formatValue = formatValue
    self.saveValue = saveValue
    self.program = program
    self.report = report
    self.commandLine = commandLine
    self.isPrompt = isPrompt
    self.now = now
    self.monotonic = monotonic
  }
}
