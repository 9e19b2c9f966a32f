import Diagnostics
import Objects
import Syntax
import Values

/// A runbook with its names resolved: parameters, steps, and what is owed at the end.
struct CompiledRunbook {
  struct Step {
    let heading: StepHeading
    let position: Position
    let condition: (any ExpressionNode)?
    let conditionSpan: SourceSpan
    let timeout: (any ExpressionNode)?
    let approvals: (any ExpressionNode)?
    let body: BlockNode
    let undo: [Undo]
    let probe: (any ExpressionNode)?
    /// The names that its body binds at its top level.
    let names: [String: Int]
    /// Every slot that it reads.
    let reads: Set<Int>
  }

  /// One statement of an `undo`, with the slots it reads.
  struct Undo {
    let statement: any StatementNode
    let reads: Set<Int>
  }

  let title: String
  let evaluator: Evaluator
  let parameters: [ParameterStore.Declared]
  let documentation: [[String]]
  let steps: [Step]
  let onFailure: BlockNode?
  let finally: BlockNode?
  let names: [String: Int]
  let slotCount: Int

  init(_ runbook: Program.Runbook, _ evaluator: Evaluator) {
    title = runbook.title
    self.evaluator = evaluator
    let indices = Dictionary(
      runbook.parameters.enumerated().map { ($1.name.text, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    let surroundings = evaluator.surroundings(parameters: indices)
    let source = evaluator.program.main.source
    parameters = runbook.parameters.map { parameter in
      var compiler = Compiler(surroundings, source: source)
      let node = parameter.defaultValue.map { compiler.pipeline($0) }
      return ParameterStore.Declared(
        name: parameter.name.text,
        type: compiler.type(parameter.type),
        defaultValue: node,
        slotCount: compiler.slotCount,
        position: compiler.position(parameter.span)
      )
    }
    documentation = runbook.parameters.map(\.documentation)
    var compiler = Compiler(surroundings, source: source)
    var steps: [Step] = []
    for (index, step) in runbook.steps.enumerated() {
      steps.append(compiler.step(step, number: index + 1, count: runbook.steps.count))
    }
    self.steps = steps
    names = compiler.outermost
    // These two see the parameters only, so they get a scope that has nothing of the steps.
    var last = Compiler(surroundings, source: source)
    last.slotCount = compiler.slotCount
    onFailure = runbook.onFailure.map { block in
      last.within(.fixed("on failure")) { $0.block(block, isRecorded: true) }
    }
    finally = runbook.finally.map { block in
      last.within(.fixed("finally")) { $0.block(block, isRecorded: true) }
    }
    slotCount = last.slotCount
  }

  /// Makes the activation of a run; every name of the steps is unbound.
  func frame(
    _ given: [String: Value],
    _ bindings: Bindings,
    failed: [String: PlacedFailure] = [:]
  ) throws(PlacedFailure) -> Frame {
    let source = evaluator.program.main.source
    let position = Position(source: source, span: SourceSpan(0, 0), path: [])
    var frame = evaluator.frame(
      position,
      slotCount,
      parameters: ParameterStore(parameters, given: try checked(given), failed: failed)
    )
    for slot in names.values { frame.slots[slot] = Unbound.value }
    for step in steps {
      for slot in step.names.values { frame.slots[slot] = Unbound.value }
    }
    for (name, slot) in names {
      if let value = bindings[name] { frame.slots[slot] = value }
    }
    return frame
  }

  /// Checks the arguments against the declarations.
  private func checked(_ given: [String: Value]) throws(PlacedFailure) -> [String: Value] {
    let declaredNames = parameters.map(\.name)
    for name in given.keys.sorted() where !declaredNames.contains(name) {
      let nearest = Spelling.nearest(to: name, in: declaredNames)
      throw PlacedFailure(
        Failure(
          .usage,
          "this runbook has no parameter '\(name)'",
          advice: nearest.map { ["did you mean '\($0)'?"] } ?? []
        )
      )
    }
    var checked = given
    var frame = evaluator.frame(
      Position(source: evaluator.program.main.source, span: SourceSpan(0, 0), path: []),
      0
    )
    for parameter in parameters {
      guard let value = given[parameter.name] else { continue }
      let span = parameter.position.span
      guard let fitted = try Fitting.fit(value, to: parameter.type, span: span, &frame) else {
        throw PlacedFailure(
          Failure(
            .usage,
            "'\(parameter.name)' must be \(parameter.type.needed), but is \(value.described)"
          ),
          at: frame.place(of: parameter.position)
        )
      }
      checked[parameter.name] = fitted
    }
    return checked
  }
}

extension Compiler {
  /// Compiles a step; its names go to the open scope, or with `when` to one of its own.
  fileprivate mutating func step(_ step: StepDeclaration, number: Int, count: Int)
    -> CompiledRunbook.Step
  {
    let outer = reads
    reads = []
    defer { reads.formUnion(outer) }
    let condition = step.condition.map { pipeline($0) }
    let isOpen = step.condition == nil
    return within(.fixed(Place.segment(ofStep: step.title.text))) { compiler in
      let position = compiler.position(step.span)
      let timeout = step.timeout.map { compiler.expression($0) }
      let approvals = step.approvals.map { compiler.expression($0) }
      if isOpen {
        return compiler.finish(step, number, count, condition, timeout, approvals, position)
      }
      return compiler.scoped {
        $0.finish(step, number, count, condition, timeout, approvals, position)
      }
    }
  }

  private mutating func finish(
    _ step: StepDeclaration,
    _ number: Int,
    _ count: Int,
    _ condition: (any ExpressionNode)?,
    _ timeout: (any ExpressionNode)?,
    _ approvals: (any ExpressionNode)?,
    _ position: Position
  ) -> CompiledRunbook.Step {
    let body = statements(step.body.statements, isRecorded: true)
    let names = innermost
    let undo = step.undo.map { self.undo($0) } ?? []
    let probe = step.probe.map { pipeline($0) }
    return CompiledRunbook.Step(
      heading: StepHeading(
        title: step.title.text,
        number: number,
        count: count,
        documentation: step.documentation
      ),
      position: position,
      condition: condition,
      conditionSpan: step.condition?.span ?? step.span,
      timeout: timeout,
      approvals: approvals,
      body: body,
      undo: undo,
      probe: probe,
      names: names,
      reads: reads
    )
  }

  private mutating func undo(_ block: Block) -> [CompiledRunbook.Undo] {
    let outer = reads
    defer { reads.formUnion(outer) }
    return scoped { compiler in
      compiler.within(.fixed("undo")) { compiler in
        var all: Set<Int> = []
        defer { compiler.reads = all }
        var statements: [CompiledRunbook.Undo] = []
        for (index, statement) in block.statements.enumerated() {
          compiler.reads = []
          let node = compiler.within(.fixed(String(index))) {
            $0.statement(statement, isRecorded: true)
          }
          statements.append(CompiledRunbook.Undo(statement: node, reads: compiler.reads))
          all.formUnion(compiler.reads)
        }
        return statements
      }
    }
  }
}
