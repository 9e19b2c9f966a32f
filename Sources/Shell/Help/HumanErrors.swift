/// What good engineers do by mistake, and what stops it; the manual shows the list.
///
/// `scripts/prove/human-errors` makes each of them: its list, which also names the incidents that they
/// come from and what is typed, is compared with this one by a test.
struct HumanError {
  let title: String
  let guarding: String

  static let all: [HumanError] = [
    .init(
      title: "The right command in the wrong terminal",
      guarding: "typed name: the environment's own name has to be typed, not yes"
    ),
    .init(
      title: "`y` by reflex",
      guarding: "typed name: a change to production is not confirmed with y"
    ),
    .init(title: "Enter by reflex", guarding: "no answer is no: an empty line confirms nothing"),
    .init(
      title: "The answer is pasted with the command",
      guarding: "paste: what is pasted is no answer"
    ),
    .init(
      title: "Typed ahead",
      guarding: "paste: what was typed before a question stood is thrown away"
    ),
    .init(
      title: "`yes |` in front of it",
      guarding: "no terminal: questions are asked on the terminal, not on standard input"
    ),
    .init(
      title: "A runbook with a question, started by a scheduler",
      guarding: "no terminal: nothing of it is run where nobody can answer"
    ),
    .init(
      title: "The laptop is closed while the question stands",
      guarding: "no answer is no: a terminal that goes away has not agreed"
    ),
    .init(
      title: "The confirmation of the other window",
      guarding: "token: what can not be taken back is confirmed with its own effect and object"
    ),
    .init(
      title: "The environment's name, where data is lost",
      guarding: "token: the name of the environment is not enough for what can not be taken back"
    ),
    .init(
      title: "An unlocked evening",
      guarding: "token: unlocking does not help where data is lost"
    ),
    .init(
      title: "A plan from before",
      guarding: "plan hash: an approval is for exactly what was shown"
    ),
    .init(
      title: "The world changes while the question stands",
      guarding: "precondition: it is looked at again right before acting"
    ),
    .init(
      title: "The approval is used a second time",
      guarding: "plan hash: an approval serves one run"
    ),
    .init(
      title: "Yesterday's approval",
      guarding: "plan hash: an approval lives for thirty minutes"
    ),
    .init(
      title: "The runbook was edited after it was approved",
      guarding: "plan hash: one letter makes another plan"
    ),
    .init(
      title: "The same approval, another parameter",
      guarding: "plan hash: the parameters are part of it"
    ),
    .init(
      title: "Started twice",
      guarding: "lock: one run at a time may change an environment, and says who it is"
    ),
    .init(
      title: "A typo in the environment's name",
      guarding: "checker: names are known before anything runs"
    ),
    .init(
      title: "A typo in the last step",
      guarding: "checker: the whole file is checked before its first step"
    ),
    .init(
      title: "A number too many",
      guarding: "checker: an element that is not there is an error, not an empty list"
    ),
    .init(
      title: "The default environment",
      guarding: "no default: a parameter that is an environment never has a default"
    ),
    .init(
      title: "`--env` for a change",
      guarding: "no default: `--env` is for reads, a change names its environment"
    ),
    .init(
      title: "An empty variable",
      guarding: "no shell: file names are not expanded, and an argument stays one argument"
    ),
    .init(
      title: "A space too many",
      guarding:
        "typed name: an external program asks as the strictest environment does, with the words it gets"
    ),
    .init(
      title: "An empty secret",
      guarding: "secrets: one that is not set is found before anything runs"
    ),
    .init(
      title: "A password on the command line",
      guarding: "secrets: a secret is never given as text"
    ),
    .init(
      title: "Production's URL in the shell",
      guarding: "named target: ambient settings do not reach the database client"
    ),
    .init(
      title: "Staging's URL in production's variable",
      guarding: "attestation: the server itself says who it is, before anything is lost"
    ),
    .init(
      title: "Another cluster of the same name",
      guarding: "attestation: the same name is not the same server"
    ),
    .init(
      title: "A server that was never seen before",
      guarding: "attestation: an unknown server is never trusted for what can not be taken back"
    ),
    .init(
      title: "A forgotten `where`",
      guarding: "every row is asked for by name: a change without a condition is not even sent"
    ),
    .init(
      title: "More rows than meant",
      guarding: "measured: what was expected is counted in the transaction, or it is taken back"
    ),
    .init(
      title: "A read that writes",
      guarding: "read only: a read is parsed, and nothing else is sent"
    ),
    .init(
      title: "Two statements in one",
      guarding: "read only: one statement at a time, and it is parsed"
    ),
    .init(
      title: "Somebody else's stack file",
      guarding: "trust: nothing is contacted before the file's content was trusted"
    ),
    .init(
      title: "A stack file edited after it was trusted",
      guarding: "trust: it is the content that was trusted, not the name"
    ),
    .init(
      title: "The only copy",
      guarding: "refusal: the branch that an environment lives on can not be deleted"
    ),
    .init(
      title: "A moment that is not there",
      guarding: "refusal: a moment is looked up before anything is stopped for it"
    ),
    .init(
      title: "The scheduler was left off",
      guarding: "status: what is stopped is on the first screen"
    ),
    .init(
      title: "The runbook was edited while its run was down",
      guarding:
        "stored text: what was begun goes on as it was written then, and the difference is shown"
    ),
    .init(
      title: "A run is taken up while it still runs",
      guarding: "one writer: a run that somebody runs is not gone on with"
    ),
    .init(
      title: "The program of a dead run still copies",
      guarding: "one writer: while a program that a run started lives, the run is not gone on with"
    ),
    .init(
      title: "What nobody saw the end of is done again",
      guarding: "unknown: where nobody can find out whether it was done, a person has to say so"
    ),
    .init(title: "Taken back twice", guarding: "once: a run is taken back once, and is over then"),
    .init(
      title: "The run of another machine",
      guarding: "record: a run is gone on with where its record lies, and nowhere else"
    ),
    .init(
      title: "Approving one's own step",
      guarding:
        "two people: who is who says the control database, and whoever started a step does not approve it"
    ),
    .init(
      title: "A reflex where a second person should look",
      guarding: "two people: the second yes is the step's own token, not y"
    ),
    .init(
      title: "Going on without the second person",
      guarding: "two people: no flag stands for a person"
    ),
    .init(
      title: "Taken over without a word",
      guarding: "takeover: a lock is taken over with a reason in words, which is on record"
    ),
    .init(
      title: "The control database is down, and so is the check",
      guarding: "takeover: where nobody can say who else is at work, nothing is changed"
    ),
  ]
}
