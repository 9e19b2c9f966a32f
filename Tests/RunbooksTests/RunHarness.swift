import Diagnostics
import Foundation
import Journals
import Language
import Objects
import Runbooks
import Sinks
import Values

/// A run with everything around it in memory, but for its locks and approvals.
struct RunHarness {
  let folder: String
  let trace = Trace()
  let file: TracingFile
  let person: ScriptedPerson
  let run: Run
  let registry = SecretRegistry()

  init(
    answers: [String?] = [],
    terminal: Bool = true,
    failingAt: Int? = nil,
    actual: String = "db-1",
    expected: String? = "db-1",
    folder: String? = nil,
    memory: RunMemory? = nil,
    adjust: (inout Surroundings) -> Void = { _ in }
  ) throws {
    let temporary = FileManager.default.temporaryDirectory
    let folder = folder ?? temporary.appendingPathComponent("opsh-\(UUID().uuidString)").path
    self.folder = folder
    file = TracingFile(trace, failingAt: failingAt)
    person = ScriptedPerson(answers, isPresent: terminal)
    let registry = registry
    let store = RunStore(path: folder + "/runs")
    let journal = try Journal(runID: "20261123-0301-test", file: file, registry: registry)
    let trace = trace
    var surroundings = Surroundings(
      person: person,
      terms: Terms(
        isProtected: { $0 != "development" },
        strictestEnvironment: "production",
        attest: { (_, _) throws(Failure) in .init(expected: expected, actual: actual) }
      ),
      recorder: Recorder(journal: journal, store: store, registry: registry),
      approvals: ApprovalStore(path: folder + "/approvals"),
      locksPath: folder + "/locks",
      who: "ann",
      vocabulary: Vocabulary([]),
      roots: [:],
      root: { (name) throws(Failure) in throw Failure(.value, "no \(name)") },
      showValue: { (value, _) throws(Failure) in value.json },
      formatValue: { (value, _) throws(Failure) in value.text },
      saveValue: { (_, _) throws(Failure) in },
      program: { (_, _) throws(Failure) in .value(.nothing) },
      report: { trace.add("said \($0.text)") },
      commandLine: { "opsh x.opsh --approve \($0)" }
    )
    adjust(&surroundings)
    run = Run(surroundings, cancellation: Cancellation(), memory: memory)
  }

  var reading: JournalReading {
    get throws { try JournalReading(file.bytes, runID: "20261123-0301-test", path: "memory") }
  }

  func plan(
    _ name: String = "dpl_1",
    effect: Effect = .change,
    environment: String = "production",
    class effectClass: EffectClass = .opaque,
    seen: JSON = "dpl_9",
    now: JSON = "dpl_9",
    measure: Plan.Measure? = nil,
    undo: String? = nil,
    fails: Failure? = nil,
    probe: Plan.Probe? = nil,
    found: Result<Value, Failure>? = nil,
    rehearse: Plan.Rehearse? = nil
  ) -> Plan {
    let trace = trace
    let body: @Sendable (PerformContext) throws(Failure) -> Value = { _ throws(Failure) in
      trace.add("perform \(name)")
      if let fails { throw fails }
      return .text(name)
    }
    var look: (@Sendable (PerformContext) throws(Failure) -> Plan.Probe)?
    if let probe {
      look = { _ throws(Failure) in
        trace.add("probe \(name)")
        return probe
      }
    }
    var result: (@Sendable (PerformContext) throws(Failure) -> Value)?
    if let found {
      result = { _ throws(Failure) in try found.get() }
    }
    return Plan(
      target: .init(environment: environment, kind: "environment", identity: environment),
      member: "environment.rollback",
      arguments: [("to", .text(name))],
      effect: effect,
      effectClass: effectClass,
      summary: "roll \(environment) back to \(name)",
      calls: [.init("POST /rollback/\(name)", byHand: "vercel rollback \(name)")],
      precondition: .init("dpl_9 is live", of: "live", seen: seen) { _ throws(Failure) in now },
      measure: measure,
      undo: undo,
      probe: look,
      found: result,
      rehearse: rehearse,
      body: .effect(body)
    )
  }

  static let source = SourceText(name: "x.opsh", text: "do something\n")

  func site(_ path: String = "Roll back/0", isList: Bool = false) -> EffectSite {
    EffectSite(
      place: Place(source: Self.source, span: SourceSpan(0, 2), path: path),
      step: "Roll back",
      binding: nil,
      isList: isList
    )
  }

  @discardableResult
  func perform(
    _ plans: Plan...,
    at path: String = "Roll back/0",
    rest: [WalkItem] = []
  ) throws -> [Value] {
    try run.perform(plans, at: site(path, isList: plans.count > 1)) { () throws(Failure) in rest }
  }

  func failure(_ body: () throws -> Void) -> Failure? {
    do {
      try body()
      return nil
    } catch {
      return error as? Failure
    }
  }
}
