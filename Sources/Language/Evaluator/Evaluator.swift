import Diagnostics
import Objects
package import Syntax
package import Values

/// Runs or walks a checked program.
///
/// The tree is compiled once: names become slots, so that evaluation looks nothing up by name.
/// Everything happens on the calling thread, except the turns of `parallel`.
package final class Evaluator: Sendable {
  let program: Program
  let operations: any Operations
  let isPrompt: Bool
  private let functions: [String: FunctionUnit]

  package init(program: Program, operations: any Operations, isPrompt: Bool = false) {
    self.program = program
    self.operations = operations
    self.isPrompt = isPrompt
    functions = FunctionUnit.units(of: program, operations)
  }

  func surroundings(parameters: [String: Int] = [:]) -> Compiler.Surroundings {
    Compiler.Surroundings(
      functions: functions,
      roots: Set(operations.roots.keys),
      vocabulary: operations.vocabulary,
      parameters: parameters
    )
  }

  // MARK: - Statements

  /// Runs the statements of a script or of a line at the prompt.
  ///
  /// `bindings` gives the names from before and takes those that were bound, also when a statement
  /// fails. `path` stands before the structural places, so that the lines of a session differ.
  package func runStatements(at path: String = "", bindings: inout Bindings) throws(PlacedFailure) {
    var script = script(at: path, bindings)
    defer { script.take(into: &bindings) }
    _ = try script.block.execute(&script.frame)
  }

  /// Gives the value of a pipeline, its rows read.
  package func evaluate(_ pipeline: Pipeline, bindings: Bindings = Bindings())
    throws(PlacedFailure) -> Value
  {
    var compiler = Compiler(surroundings(), source: program.main.source)
    let slots = bindings.values.map { ($0.value, compiler.declare($0.name)) }
    let node = compiler.pipeline(pipeline)
    var frame = frame(compiler.position(pipeline.span), compiler.slotCount)
    for (value, slot) in slots { frame.slots[slot] = value }
    do throws(PlacedFailure) {
      return try node.value(&frame)
    } catch {
      throw error.placed(at: frame.place())
    }
  }

  func frame(
    _ position: Position,
    _ slotCount: Int,
    parameters: ParameterStore? = nil,
    path: String = ""
  ) -> Frame {
    Frame(
      world: World(operations: operations, parameters: parameters, isPrompt: isPrompt),
      position: position,
      slotCount: slotCount,
      base: path
    )
  }

  struct Script {
    let block: BlockNode
    var frame: Frame
    let names: [String: Int]

    func take(into bindings: inout Bindings) {
      for (name, slot) in names.sorted(by: { $0.value < $1.value })
      where !Unbound.matches(frame.slots[slot]) {
        bindings[name] = frame.slots[slot]
      }
    }
  }

  func script(at path: String, _ bindings: Bindings) -> Script {
    var compiler = Compiler(surroundings(), source: program.main.source)
    let before = bindings.values.map { ($0.value, compiler.declare($0.name)) }
    let block = compiler.statements(program.statements, isRecorded: true)
    let position = Position(source: program.main.source, span: SourceSpan(0, 0), path: [])
    var frame = frame(position, compiler.slotCount, path: path)
    for slot in compiler.outermost.values { frame.slots[slot] = Unbound.value }
    for (value, slot) in before { frame.slots[slot] = value }
    return Script(block: block, frame: frame, names: compiler.outermost)
  }

  // MARK: - Walks

  /// Walks the whole program: performs its reads, and lists every change without making it.
  ///
  /// - Parameter failed: the parameters whose defaults were tried a moment ago, and why they have no
  ///   value: whatever needs one of them fails with that.
  /// - Throws: what a read throws, and `expectation` for an `expect` that fails before any `do`.
  package func walk(
    arguments: [String: Value] = [:],
    bindings: Bindings = Bindings(),
    at path: String = "",
    failed: [String: PlacedFailure] = [:]
  ) throws(PlacedFailure) -> [WalkItem] {
    if let runbook = program.runbook {
      return try CompiledRunbook(runbook, self).walk(arguments, failed: failed)
    }
    var script = script(at: path, bindings)
    let walk = Walk()
    script.frame.walk = walk
    _ = try script.block.execute(&script.frame)
    return walk.items
  }
}

extension FunctionUnit {
  /// Compiles all functions of a program; they may call each other in any order.
  static func units(of program: Program, _ operations: any Operations) -> [String: FunctionUnit] {
    let vocabulary = operations.vocabulary
    var units: [String: FunctionUnit] = [:]
    for (name, function) in program.functions {
      units[name] = unit(of: function, vocabulary)
    }
    let surroundings = Compiler.Surroundings(
      functions: units,
      roots: Set(operations.roots.keys),
      vocabulary: vocabulary
    )
    for (name, function) in program.functions {
      var compiler = Compiler(surroundings, source: function.source)
      for parameter in function.declaration.parameters {
        _ = compiler.declare(parameter.name.text)
      }
      var defaults: [(any ExpressionNode)?] = []
      for parameter in function.declaration.parameters {
        defaults.append(parameter.defaultValue.map { compiler.expression($0) })
      }
      let body = compiler.block(function.declaration.body)
      units[name]?.complete(body: body, defaults: defaults, slotCount: compiler.slotCount)
    }
    return units
  }

  private static func unit(of function: Program.Function, _ vocabulary: Vocabulary) -> FunctionUnit
  {
    func type(_ name: TypeName) -> ValueType {
      let type = vocabulary.type(named: name.name.text) ?? .any
      return name.isList ? .list(of: type) : type
    }
    let declaration = function.declaration
    return FunctionUnit(
      name: declaration.name.text,
      isAction: function.isAction,
      source: function.source,
      parameters: declaration.parameters.map { parameter in
        Parameter(
          parameter.name.text,
          type(parameter.type),
          type(parameter.type).needed,
          isPositional: true,
          isRequired: parameter.defaultValue == nil
        )
      },
      result: declaration.result.map(type),
      span: declaration.span
    )
  }
}
