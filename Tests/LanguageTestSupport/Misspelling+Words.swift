import Syntax

extension Misspelling {
  /// Misspells every stage and format.
  package static let stages: [Misspelling] =
    stageTails.flatMap { name, tail in
      all(of: name, among: StageName.all, before: "[1] | ", after: tail)
    }
    + FormatName.all.flatMap { all(of: $0, among: FormatName.all, before: "[1] | as ", after: "") }

  private static let stageTails: [(String, String)] = [
    ("where", " it is 1"), ("each", " it"), ("select", " a: it"), ("group", " by a: it"),
    ("sort", " by it"), ("first", " 1"), ("last", " 1"), ("skip", " 1"), ("only", ""),
    ("count", ""), ("distinct", ""), ("flatten", ""), ("reverse", ""), ("sum", "(it)"),
    ("min", "(it)"), ("max", "(it)"), ("average", "(it)"), ("percentile", "(it, 95)"),
    ("any", "(it is 1)"), ("all", "(it is 1)"), ("none", "(it is 1)"), ("find", "(it is 1)"),
    ("join", " [1] on it"), ("save", " \"a\""), ("chart", " it by it"), ("watch", " every 5s"),
  ]

  /// Misspells every reserved word in a place where it is needed.
  package static let keywords: [Misspelling] = keywordPlaces.flatMap { word, before, after in
    all(of: word, among: Keyword.all, before: before, after: after)
  }

  private static let runbook = "runbook \"r\"\n"
  private static let keywordPlaces: [(String, String, String)] = [
    ("runbook", "", " \"r\"\nstep \"s\" { note \"a\" }"),
    ("param", runbook, " a: int\nstep \"s\" { note \"${a}\" }"),
    ("step", runbook, " \"s\" { note \"a\" }"),
    ("finally", runbook + "step \"s\" { note \"a\" }\n", " { note \"b\" }"),
    ("func", "", " f(a: int): int { return a }"),
    ("let", "", " a = 1\nnote \"${a}\""),
    ("do", "func f(p: plan) { ", " p }"),
    ("return", "func f(): int { ", " 1 }"),
    ("if", "", " true { note \"a\" }"),
    ("else", "if true { note \"a\" } ", " { note \"b\" }"),
    ("for", "", " x in [1] { note \"${x}\" }"),
    ("when", runbook + "step \"s\" ", " true { note \"a\" }"),
    ("undo", runbook + "step \"s\" { note \"a\" } ", " { note \"b\" }"),
    ("probe", runbook + "step \"s\" { note \"a\" } ", " { true }"),
    ("expect", "", " true"),
    ("confirm", "", " \"a\""),
    ("manual", "", " \"a\""),
    ("note", "", " \"a\""),
    ("retry", "", " 2 { note \"a\" }"),
    ("wait", "", " until true for 5s"),
    ("parallel", "", " { note \"a\" }"),
    ("try", "", " { note \"a\" } catch e { note e.message }"),
    ("catch", "try { note \"a\" } ", " e { note e.message }"),
    ("and", "expect true ", " true"),
    ("or", "expect true ", " true"),
    ("not", "expect ", " true"),
    ("is", "expect 1 ", " 1"),
    ("in", "expect 1 ", " [1]"),
    ("matches", "expect \"a\" ", " \"a\""),
    ("true", "expect ", ""),
    ("false", "expect not ", ""),
    ("nothing", "expect 1 is ", ""),
    ("now", "let a = ", "\nnote \"${a}\""),
  ]
}
