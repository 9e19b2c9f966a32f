import Diagnostics
import Language
import Objects
import Syntax
import Testing
import Values

/// A runbook in a world of its own.
private struct Example {
  let world = TranscriptWorld()
  let evaluator: Evaluator

  init(_ text: String) {
    let source = SourceText(name: "example.opsh", text: text)
    let loaded = Program.load(source, mode: .file) { (_, _) throws(Failure) in
      throw Failure(.usage, "there are no files")
    }
    #expect(loaded.problems.isEmpty)
    evaluator = Evaluator(program: loaded.program, operations: world)
  }

  var production: [String: Value] {
    ["env": .object(TranscriptKinds.makeEnvironment("production", world))]
  }
}

private let undoable = """
  runbook "Undo"
  param env: environment
  step "Copy" {
    let copy = do env.database.branch("x")
    expect env.health.status is "ok"
    let then = env.live
  } undo {
    do copy.delete()
    note "it was ${then.id}"
  } probe { env.health.status is "ok" }
  step "Last" { note "last" }
  """

@Suite struct EvaluatorRunbookTests {
  @Test func `undo skips what its step did not get to bind, and says so`() throws {
    let example = Example(undoable)
    let copy = Value.object(
      ObjectValue(
        TranscriptKinds.database,
        identity: "x",
        payload: TranscriptKinds.EnvironmentFacts(name: "production", world: example.world)
      )
    )
    example.world.remember(
      FixedRecollection(steps: ["Copy": .begun], values: ["Copy/0": copy])
    )
    try example.evaluator.runUndo(of: ["Copy", "Last"], arguments: example.production)
    #expect(
      example.world.takeLines() == [
        "== Undo: Copy (1 of 1)", "(covers delete the branch)",
        "(does delete the branch at Copy/undo/0)",
        "(notes skipped, because then was not bound: note \"it was ${then.id}\")",
      ]
    )
  }

  @Test func `a step that was done is looked at again before the next one`() throws {
    let example = Example(undoable)
    example.world.remember(FixedRecollection(steps: ["Copy": .done], values: [:]))
    try example.evaluator.runRunbook(arguments: example.production)
    #expect(
      example.world.takeLines() == [
        "(asks step 'Copy' was done, but its probe says that it is so no longer; go on?)",
        "== Last (2 of 2)", "(notes last)",
      ]
    )
    try example.world.wait(.seconds(10))
    _ = example.world.takeLines()
    try example.evaluator.runRunbook(arguments: example.production)
    #expect(example.world.takeLines() == ["== Last (2 of 2)", "(notes last)"])
  }

  @Test func `an interrupted run keeps its finally for later`() {
    let example = Example(
      """
      runbook "Stop"
      param env: environment
      step "Loop" { for x in 1..10 { note "turn" } }
      finally { note "at last" }
      """
    )
    example.world.cancellation.cancel()
    let error = #expect(throws: PlacedFailure.self) {
      try example.evaluator.runRunbook(arguments: example.production)
    }
    #expect(error?.failure.kind == .interrupted)
    #expect(!example.world.takeLines().contains("(notes at last)"))
  }

  @Test func `an unknown argument names the nearest parameter`() {
    let example = Example(undoable)
    let error = #expect(throws: PlacedFailure.self) {
      try example.evaluator.runRunbook(arguments: ["envi": .nothing])
    }
    #expect(error?.failure.kind == .usage)
    #expect(error?.failure.advice == ["did you mean 'env'?"])
  }

  @Test func `a walk of a runbook lists its steps and does nothing`() throws {
    let example = Example(
      """
      runbook "Plan"
      param env: environment
      param sure: bool = ask("Sure?")
      step "One" { do env.purge("/a") }
      step "Two" when sure { do env.purge("/b") }
      step "Three" when 1 is 2 { note "no" }
      finally { do env.purge("/c") }
      """
    )
    let items = try example.evaluator.walk(arguments: example.production)
    #expect(
      items.map(TranscriptWalk.line) == [
        "step One {purge /a of production}", "question: Sure?",
        "when sure {step Two {purge /b of production}}",
        "skipped Three: 1 is 2 does not hold", "finally {purge /c of production}",
      ]
    )
    #expect(example.world.takeLines().isEmpty)
  }

  @Test func `a failure in a function says where it was called from`() {
    let example = Example(
      """
      func check(n: int) { expect n < 2 }
      check(3)
      """
    )
    var bindings = Bindings()
    let error = #expect(throws: PlacedFailure.self) {
      try example.evaluator.runStatements(bindings: &bindings)
    }
    #expect(error?.place.map { $0.source.text(of: $0.span) } == "n < 2")
    #expect(error?.trace.map { $0.source.text(of: $0.span) } == ["check(3)"])
  }

  @Test func `what a walk and a run call an effect is the same place`() throws {
    let text = """
      runbook "Places"
      param env: environment
      func twice(env: environment) { do env.purge("/a"); do env.purge("/b") }
      step "One" {
        for x in 1..2 { do env.purge("/${x}") }
        do [env, env] | each twice(it)
      }
      """
    let example = Example(text)
    let walked = Self.paths(try example.evaluator.walk(arguments: example.production))
    try example.evaluator.runRunbook(arguments: example.production)
    let done = example.world.takeLines().filter { $0.hasPrefix("(does") }.map { line in
      String(line.dropLast().split(separator: " ").last ?? "")
    }
    #expect(walked == done)
    #expect(Set(done).count == 6)
  }

  private static func paths(_ items: [WalkItem]) -> [String] {
    items.flatMap { item -> [String] in
      switch item {
      case .step(_, let items), .call(_, _, let items), .branch(_, let items): paths(items)
      case .change(_, let site): [site.place.path]
      default: []
      }
    }
  }
}
