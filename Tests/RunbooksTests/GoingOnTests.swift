import Diagnostics
import Foundation
import Journals
import Language
import Objects
import Runbooks
import Sinks
import Synchronization
import Syntax
import Testing
import Values

/// Runs that are broken off at each record of their journal and gone on with.
@Suite struct GoingOnTests {
  @Test(arguments: Story.allCases)
  func `broken off behind any record, a run does everything once`(_ program: Story) throws {
    let whole = World(program)
    try whole.run()
    let records = try whole.records
    #expect(records.last?.kind == .runFinished)
    #expect(whole.counts == program.counts)
    for cut in 1..<records.count {
      let world = World(program)
      try world.run(whole: whole, upTo: cut)
      #expect(world.counts == program.counts, "\(program), broken off behind record \(cut)")
      #expect(try world.records.last?.kind == .runFinished)
      let notes = try world.records.filter { $0.kind == .note }
      #expect(notes.count == program.notes, "\(cut): \(notes.map(\.fields))")
    }
  }

  @Test func `what was asked is not asked again, but a confirmation of what was not begun is`()
    throws
  {
    let whole = World(.questions, answers: ["z", "y", "production"])
    try whole.run()
    #expect(whole.counts == ["turn z": 1])
    let records = try whole.records
    let intent = try #require(records.firstIndex { $0.kind == .intent })
    let before = World(.questions, answers: ["y", "production"])
    try before.run(whole: whole, upTo: intent)
    #expect(before.asked.first == "go on? [y/N] ")
    #expect(before.asked.count == 2)
    #expect(before.counts == ["turn z": 1])
    let behind = World(.questions)
    try behind.run(whole: whole, upTo: intent + 1)
    #expect(behind.asked == [])
  }

  @Test func `what is in doubt and can not be found out is asked, and nobody is no answer`() throws
  {
    let whole = World(.opaque)
    try whole.run()
    let intent = try #require(try whole.records.firstIndex { $0.kind == .intent })
    let alone = World(.opaque, answers: nil)
    let failure = #expect(throws: PlacedFailure.self) {
      try alone.run(whole: whole, upTo: intent + 1)
    }
    #expect(failure?.failure.kind == .unknown)
    #expect(failure?.failure.message.hasSuffix("and there is no terminal to ask at") == true)
    #expect(alone.counts == ["push": 1])
    for (answers, count) in [(["done", "saw it"], 1), (["not done", "looked"], 2)] {
      let world = World(.opaque, answers: answers)
      try world.run(whole: whole, upTo: intent + 1)
      #expect(world.counts == ["push": count])
      let decision = try world.records.first { $0.kind == .decision }
      #expect(decision?["reason"]?.stringValue == answers[1])
    }
    for answers in [["y"], [""], ["done", ""]] {
      let world = World(.opaque, answers: answers)
      let failure = #expect(throws: PlacedFailure.self) {
        try world.run(whole: whole, upTo: intent + 1)
      }
      #expect(failure?.failure.kind == .unknown)
      #expect(world.counts == ["push": 1])
    }
  }

  @Test func `where the text would now do something else, only a person can tell`() throws {
    let whole = World(.switches)
    try whole.run()
    let intent = try #require(try whole.records.firstIndex { $0.kind == .intent })
    let alone = World(.others, answers: nil)
    let failure = #expect(throws: PlacedFailure.self) {
      try alone.run(whole: whole, upTo: intent + 1)
    }
    #expect(failure?.failure.kind == .unknown)
    #expect(failure?.failure.message.hasPrefix("whether 'turn a' was done is not known") == true)
    #expect(alone.counts == ["turn a": 1])
    for (answer, counts) in [
      ("done", ["turn a": 1]), ("not done", ["turn a": 1, "turn b": 1]),
    ] {
      let world = World(.others, answers: [answer, "I looked"])
      try world.run(whole: whole, upTo: intent + 1)
      #expect(world.counts == counts)
      #expect(world.asked.first?.contains("how 'turn a' ended is not known") == true)
    }
  }

  @Test func `a failed run goes on at the step that failed, and ends anew`() throws {
    let world = World(.failing)
    let failure = #expect(throws: PlacedFailure.self) { try world.run() }
    #expect(failure?.failure.kind == .failed)
    #expect(world.counts == ["turn a": 1, "turn end": 1])
    try world.goOn()
    #expect(world.counts == ["turn a": 1, "fail once": 1, "turn end": 2])
  }
}

/// What is run: a text, and how often each change of it has to be made.
enum Story: String, CaseIterable {
  case switches, loops, functions, caught, retries, parallel, lists, readAgain
  case questions, opaque, others, failing

  static var allCases: [Story] {
    [.switches, .loops, .functions, .caught, .retries, .parallel, .lists, .readAgain]
  }

  var text: String {
    switch self {
    case .switches:
      """
      step "One" { let n = box.size; do box.turn("a"); note "n ${n}" }
      step "Two" when 1 is 1 { if box.size > 0 { do box.turn("c") } else { do box.turn("d") } }
      step "Three" when 1 is 2 { do box.turn("never") }
      finally { do box.turn("end") }
      """
    case .loops:
      """
      step "All" { for x in box.names { do box.turn(x) }
        let last = do box.turn("last")
        do box.turn("${last} and more") }
      """
    case .functions:
      """
      func both(name: text, size: int): text { do box.turn("${name} ${size}"); let b = do box.turn("b ${name}"); return b }
      step "One" { let r = do both("x", box.size); do box.turn("got ${r}") }
      """
    case .caught:
      """
      step "One" { try { do box.turn("a"); expect 1 is 2 } catch e { do box.turn(e.kind) }
        do box.turn("z") }
      """
    case .retries:
      """
      step "One" { retry 3 { do box.turn("r"); expect box.size > 2 } }
      """
    case .parallel:
      """
      step "One" { parallel(at_most: 1) for x in box.names { do box.turn(x) }
        parallel { do box.turn("p"); do box.turn("q") } }
      """
    case .lists:
      """
      step "One" { do ["a", "b", "c"] | each box.turn(it)
        note "all" }
      """
    case .readAgain:
      """
      step "One" { let lid = box.lid; do box.turn("a"); do box.turn(lid.name) }
      """
    case .questions:
      """
      step "One" { let name = ask("which?", type: text); confirm "go on?"; do box.turn(name); note "x" }
      """
    case .opaque: "step \"One\" { do box.push() }"
    case .others: "step \"One\" { let n = box.size; do box.turn(\"b\") }"
    case .failing:
      """
      step "One" { do box.turn("a") }
      step "Two" { do box.fail() }
      finally { do box.turn("end") }
      """
    }
  }

  var counts: [String: Int] {
    switch self {
    case .switches: ["turn a": 1, "turn c": 1, "turn end": 1]
    case .loops: ["turn x": 1, "turn y": 1, "turn last": 1, "turn last! and more": 1]
    case .functions: ["turn x 0": 1, "turn b x": 1, "turn got b x!": 1]
    case .caught: ["turn a": 1, "turn expectation": 1, "turn z": 1]
    case .retries: ["turn r": 3]
    case .parallel: ["turn x": 1, "turn y": 1, "turn p": 1, "turn q": 1]
    case .lists: ["turn a": 1, "turn b": 1, "turn c": 1]
    case .readAgain: ["turn a": 1, "turn lid": 1]
    default: [:]
    }
  }

  var notes: Int {
    switch self {
    case .switches, .lists: 1
    default: 0
    }
  }
}

/// A box that counts what is done to it, and runs over a journal in memory.
private final class World {
  let program: Story
  let box: Box
  let person: ScriptedPerson
  var file: TracingFile
  private let trace = Trace()
  private static let id = "20261123-0301-test"

  init(_ program: Story, answers: [String]? = []) {
    self.program = program
    box = Box()
    person = ScriptedPerson(answers ?? [], isPresent: answers != nil)
    file = TracingFile(trace)
  }

  var counts: [String: Int] { box.counts }
  var asked: [String] { person.asked }

  var records: [JournalRecord] {
    get throws { try JournalReading(file.bytes, runID: Self.id, path: "memory").records }
  }

  func run() throws { try evaluate(memory: nil) }

  /// Goes on with what this world did before.
  func goOn() throws { try evaluate(memory: memory(of: try records)) }

  /// Goes on from the first records of another world's run; the world is as it was then.
  func run(whole: World, upTo count: Int) throws {
    let records = try whole.records
    let lines = whole.file.bytes.split(separator: 0x0A).prefix(count)
    file = TracingFile(trace)
    try file.append(Array(lines.joined(separator: [0x0A])) + [0x0A])
    // What was begun is done, also where its end was not recorded.
    for record in records.prefix(count) where record.kind == .intent {
      box.count(record["summary"]?.stringValue ?? "")
    }
    try evaluate(memory: memory(of: Array(records.prefix(count))))
  }

  private func memory(of records: [JournalRecord]) -> RunMemory {
    let box = box
    return RunMemory(
      records,
      source: RecordedValue.Source(
        object: { name throws(Failure) in name.kind == "box" ? box.value : nil },
        secret: { _ in nil },
        blob: { _ in nil }
      )
    )
  }

  private func evaluate(memory: RunMemory?) throws {
    let text = "opsh 1\nrunbook \"R\"\n" + program.text
    let source = SourceText(name: "r.opsh", text: text)
    let loaded = Program.load(source, mode: .file) { (_, _) throws(Failure) in
      throw Failure(.usage, "there are no files")
    }
    #expect(loaded.problems.isEmpty, "\(loaded.problems)")
    let run = try makeRun(memory)
    let evaluator = Evaluator(program: loaded.program, operations: run)
    do {
      if text.contains("finally") { run.owesFinally() }
      try evaluator.runRunbook(arguments: [:])
    } catch {
      _ = run.finish(error.failure)
      throw error
    }
    _ = run.finish(nil)
  }

  private func makeRun(_ memory: RunMemory?) throws -> Run {
    let registry = SecretRegistry()
    let reading = try memory.map { _ in
      try JournalReading(file.bytes, runID: Self.id, path: "memory")
    }
    let journal = try Journal(runID: Self.id, file: file, registry: registry, after: reading)
    let box = box
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("opsh-\(UUID().uuidString)").path
    return Run(
      Surroundings(
        person: person,
        terms: Terms(
          isProtected: { [program] _ in program == .questions },
          strictestEnvironment: "production",
          attest: { (_, _) throws(Failure) in nil }
        ),
        recorder: Recorder(journal: journal, store: RunStore(path: folder), registry: registry),
        approvals: ApprovalStore(path: folder + "/approvals"),
        locksPath: folder + "/locks",
        who: "ann",
        vocabulary: Vocabulary([Box.kind, Box.lid]),
        roots: ["box": .object("box")],
        root: { (_) throws(Failure) in box.value },
        showValue: { (value, _) throws(Failure) in value.json },
        formatValue: { (value, _) throws(Failure) in value.text },
        saveValue: { (_, _) throws(Failure) in },
        program: { (_, _) throws(Failure) in .value(.nothing) },
        report: { _ in },
        commandLine: { $0 }
      ),
      cancellation: Cancellation(),
      memory: memory
    )
  }
}

/// Something to change: each `turn` is observable by its count, a `push` by nobody.
private final class Box: Sendable {
  private let state = Mutex<[String: Int]>([:])

  var counts: [String: Int] { state.withLock { $0 } }
  func count(_ what: String) { state.withLock { $0[what, default: 0] += 1 } }

  var value: Value { .object(ObjectValue(Self.kind, identity: "b", payload: self)) }

  private func plan(
    _ summary: String,
    _ effectClass: EffectClass,
    _ body: @escaping @Sendable (PerformContext) throws(Failure) -> Value
  ) -> Plan {
    let before = counts[summary] ?? 0
    let seen = JSON.int(Int64(before))
    let probe: @Sendable (PerformContext) throws(Failure) -> Plan.Probe = {
      [self] (context) throws(Failure) in
      JSON.int(Int64(counts[summary] ?? 0)) == context.seen ? .notDone : .done
    }
    let found: @Sendable (PerformContext) throws(Failure) -> Value = { _ throws(Failure) in
      .text(summary.dropFirst(5) + "!")
    }
    return Plan(
      target: .init(environment: "production", kind: "box", identity: "b"),
      member: "box.turn",
      arguments: [("what", .text(summary))],
      effect: .change,
      effectClass: effectClass,
      summary: summary,
      precondition: .init("it was turned \(before) times", of: summary, seen: seen) {
        _ throws(Failure) in seen
      },
      resultType: .text,
      probe: effectClass == .opaque ? nil : probe,
      found: found,
      body: .effect(body)
    )
  }

  static let lid = ObjectKind(
    "lid",
    summary: "a lid",
    members: [.field("name", .text, "its name") { (_: Int) in .text("lid") }]
  )

  static let kind = ObjectKind(
    "box",
    summary: "a box",
    members: [
      .read("size", .int, "how often it was turned") { (it: Box, _, _) throws(Failure) in
        .int(Int64(it.counts.values.reduce(0, +)))
      },
      .read("lid", .object("lid"), "its lid, which no record names for good") {
        (_: Box, _, _) throws(Failure) in
        .object(ObjectValue(Box.lid, identity: "l", environment: "production", payload: 0))
      },
      .read("names", .list(of: .text), "what to turn") { (it: Box, _, _) throws(Failure) in
        // Another list each time: what is looped over comes from the record.
        .list(it.counts.isEmpty ? [.text("x"), .text("y")] : [.text("wrong")])
      },
      .action(
        "turn",
        gives: .text,
        "turns it",
        effect: .change,
        parameters: [Parameter("what", .text, "what", isPositional: true)]
      ) { (it: Box, arguments, _) throws(Failure) in
        let what = try arguments.text("what") ?? ""
        return it.plan("turn " + what, .observable) { _ throws(Failure) in
          it.count("turn " + what)
          return .text(what + "!")
        }
      },
      .action("push", "pushes it", effect: .change) { (it: Box, _, _) throws(Failure) in
        it.plan("push", .opaque) { _ throws(Failure) in
          it.count("push")
          return .nothing
        }
      },
      .action("fail", "fails the first time", effect: .change) { (it: Box, _, _) throws(Failure) in
        it.plan("fail once", .opaque) { _ throws(Failure) in
          guard it.counts["turn end"] != nil else { throw Failure(.failed, "it failed") }
          it.count("fail once")
          return .nothing
        }
      },
    ]
  )
}
