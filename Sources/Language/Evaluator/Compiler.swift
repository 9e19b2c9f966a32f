import Diagnostics
import Objects
import Syntax
import Values

/// Makes nodes of the tree: names become slots, so that evaluation looks nothing up by name.
struct Compiler {
  /// What every compilation of a program shares.
  struct Surroundings {
    var functions: [String: FunctionUnit]
    var roots: Set<String>
    var vocabulary: Vocabulary
    var parameters: [String: Int] = [:]
  }

  let surroundings: Surroundings
  let source: SourceText
  var slotCount = 0
  private(set) var scopes: [[String: Int]] = [[:]]
  /// The rows of the stages around, the innermost last.
  private(set) var rows: [Int] = []
  var path: [Position.Segment] = []
  /// Set by every `do` that is compiled, and asked about by the blocks around it.
  var hasDo = false
  /// Every slot that was read since it was emptied.
  var reads: Set<Int> = []
  /// Set while the `with` of a `group by` is compiled: there `sum(…)` adds up the group's rows.
  var aggregates: [GroupStage.Added]?
  var groupSlot = 0

  init(_ surroundings: Surroundings, source: SourceText) {
    self.surroundings = surroundings
    self.source = source
  }

  mutating func newSlot() -> Int {
    slotCount += 1
    return slotCount - 1
  }

  // MARK: - Names

  mutating func declare(_ name: String) -> Int {
    let slot = newSlot()
    scopes[scopes.count - 1][name] = slot
    return slot
  }

  func slot(of name: String) -> Int? {
    for scope in scopes.reversed() {
      if let slot = scope[name] { return slot }
    }
    return nil
  }

  var outermost: [String: Int] { scopes[0] }
  var innermost: [String: Int] { scopes[scopes.count - 1] }

  mutating func scoped<Result>(_ body: (inout Compiler) -> Result) -> Result {
    scopes.append([:])
    defer { scopes.removeLast() }
    return body(&self)
  }

  mutating func within<Result>(
    _ segments: Position.Segment...,
    body: (inout Compiler) -> Result
  ) -> Result {
    path += segments
    defer { path.removeLast(segments.count) }
    return body(&self)
  }

  mutating func withRow<Result>(_ slot: Int, _ body: (inout Compiler) -> Result) -> Result {
    rows.append(slot)
    defer { rows.removeLast() }
    return body(&self)
  }

  func position(_ span: SourceSpan) -> Position {
    Position(source: source, span: span, path: path)
  }

  /// Gives the type that is written; one that is not known is taken as any.
  func type(_ name: TypeName) -> ValueType {
    let type = surroundings.vocabulary.type(named: name.name.text) ?? .any
    return name.isList ? .list(of: type) : type
  }

  mutating func name(_ name: Name) -> any ExpressionNode {
    if let slot = slot(of: name.text) {
      reads.insert(slot)
      return SlotNode(slot)
    }
    if let index = surroundings.parameters[name.text] { return ParameterNode(index) }
    if name.text == "this_run" { return ThisRunNode() }
    if surroundings.roots.contains(name.text) { return RootNode(name.text, span: name.span) }
    if surroundings.functions[name.text] != nil || Builtin.named(name.text) != nil {
      return FailingNode(
        .call("'\(name.text)' is a function: call it with ()", advice: nil),
        at: name.span
      )
    }
    let known = scopes.flatMap(\.keys) + surroundings.parameters.keys + surroundings.roots
    let nearest = Spelling.nearest(to: name.text, in: known)
    return FailingNode(
      .call("there is no '\(name.text)'", advice: nearest.map { "did you mean '\($0)'?" }),
      at: name.span
    )
  }
}
