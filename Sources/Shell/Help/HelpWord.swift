/// A word of the language that is neither a name nor a stage nor a function.
struct HelpWord {
  let word: String
  let form: String
  let summary: String

  private init(_ word: String, _ form: String, _ summary: String) {
    self.word = word
    self.form = form
    self.summary = summary
  }

  /// Every reserved word, in the order in which one meets them.
  static let all: [HelpWord] = statements + parts + operators

  private static let statements = [
    HelpWord("let", "let name = expression", "binds a name once"),
    HelpWord("do", "do plan", "performs a plan; nothing else changes the world"),
    HelpWord("expect", "expect condition else \"why\"", "stops the step if it does not hold"),
    HelpWord("if", "if condition { } else { }", "runs one of two blocks"),
    HelpWord("else", "if condition { } else { }", "what runs, or is said, if it does not hold"),
    HelpWord("for", "for x in xs { }", "runs a block for each"),
    HelpWord("parallel", "parallel(at_most: 32) for x in xs { }", "runs turns side by side"),
    HelpWord("retry", "retry 3 every 10s backoff 2 { }", "runs a block again until it succeeds"),
    HelpWord("wait", "wait until condition every 10s for 5m", "waits; running out is an error"),
    HelpWord("until", "wait until condition every 10s for 5m", "says what is waited for"),
    HelpWord("try", "try { } catch e { }", "goes on after a failure that is not in doubt"),
    HelpWord("catch", "try { } catch e { }", "has e.kind, e.message and e.where"),
    HelpWord("confirm", "confirm \"question\"", "asks a person; a no stops the run"),
    HelpWord("manual", "manual \"what to do\"", "waits until a person did it and says so"),
    HelpWord("note", "note \"why\"", "writes into the record"),
    HelpWord("run", "run(timeout: 10m) program words", "runs a program; there is no shell"),
    HelpWord("return", "return value", "ends a function with its result"),
  ]

  private static let parts = [
    HelpWord("opsh", "opsh 1", "the language's version, at the top of a file"),
    HelpWord("runbook", "runbook \"title\"", "makes a file a runbook, of steps in order"),
    HelpWord("param", "param name: type = default", "what a runbook is given: name=value"),
    HelpWord("use", "use \"lib/verify.opsh\"", "brings in a file's functions"),
    HelpWord("func", "func name(a: type): type { }", "a function; with a 'do' in it, an action"),
    HelpWord("step", "step \"title\" when condition { }", "one step of a runbook"),
    HelpWord("when", "step \"title\" when condition { }", "runs the step only if it holds"),
    HelpWord("undo", "step \"title\" { } undo { }", "takes the step back; never by itself"),
    HelpWord("probe", "step \"title\" { } probe { }", "says whether the step was done"),
    HelpWord("on", "on failure { }", "runs when a step fails"),
    HelpWord("finally", "finally { }", "runs however the run ends"),
  ]

  private static let operators = [
    HelpWord("and", "a and b", "true if both are"),
    HelpWord("or", "a or b", "true if one is"),
    HelpWord("not", "not a", "true if it is false"),
    HelpWord("is", "a is b, a is not b", "compares; objects by their identity"),
    HelpWord("in", "a in list, a not in list", "looks in a list"),
    HelpWord("matches", "text matches \"^GET /api/\"", "looks for a regular expression anywhere"),
    HelpWord("ago", "1h ago", "a moment before now"),
    HelpWord("now", "now", "the time, read once a statement"),
    HelpWord("it", "it", "the row itself, inside a stage"),
    HelpWord("true", "true", "the one of two"),
    HelpWord("false", "false", "the other of two"),
    HelpWord("nothing", "nothing", "no value; 'x ?? y' puts one in its place"),
  ]
}
