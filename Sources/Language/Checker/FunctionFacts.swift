import Diagnostics
import Syntax

/// What the functions of a program do, and whom they call.
struct FunctionFacts {
  /// A call by which a function comes back to itself.
  struct Recursion {
    /// The function in which the call stands.
    var caller: String
    var place: SourceSpan
    /// The functions from the called one back to it, in order of call.
    var path: [String]
  }

  /// The functions that ask a person, directly or through others.
  private(set) var asking: Set<String> = []
  /// By caller.
  private(set) var recursions: [String: [Recursion]] = [:]
  /// The calls, by caller, through which more is under way at once than a thread has room for.
  private(set) var tooDeep: [String: [Name]] = [:]
  private var calls: [String: [Name]] = [:]
  private var nesting: [String: Int] = [:]

  /// How deep functions that call each other may nest, all of them together.
  ///
  /// The evaluator recurses over the tree. What it needs for a level was measured (8 kB where it is
  /// most, in a debug build); this is half of what a thread's usual stack of 8 MB has room for.
  static let nestingLimit = 600
  /// What a function counts for at the least, so that 100 that call each other are the most.
  private static let leastNesting = 6

  init(of functions: [String: Program.Function]) {
    for (name, function) in functions {
      var search = TreeSearch()
      search.visit(function.declaration.body)
      nesting[name] = max(function.declaration.nesting, Self.leastNesting)
      calls[name] = search.calls.filter { functions[$0.text] != nil }
      if search.asks { asking.insert(name) }
    }
    spreadAsking()
    findRecursions()
  }

  private mutating func spreadAsking() {
    var callers: [String: [String]] = [:]
    for (name, called) in calls {
      for callee in called { callers[callee.text, default: []].append(name) }
    }
    var open = Array(asking)
    while let name = open.popLast() {
      for caller in callers[name] ?? [] where asking.insert(caller).inserted {
        open.append(caller)
      }
    }
  }

  /// Walks depth first without recursion; a call into what is being walked closes a circle.
  private mutating func findRecursions() {
    var done: Set<String> = []
    var deepest: [String: Int] = [:]
    for start in calls.keys.sorted() where !done.contains(start) {
      var path: [String] = [start]
      var next: [Int] = [0]
      var positions = [start: 0]
      while let name = path.last, let turn = next.last {
        let called = calls[name] ?? []
        guard turn < called.count else {
          path.removeLast()
          next.removeLast()
          positions[name] = nil
          done.insert(name)
          deepest[name] = depth(of: name, calling: called, deepest)
          continue
        }
        next[next.count - 1] += 1
        let callee = called[turn]
        if let position = positions[callee.text] {
          let circle = Recursion(
            caller: name,
            place: callee.span,
            path: Array(path[position...])
          )
          recursions[name, default: []].append(circle)
        } else if !done.contains(callee.text) {
          positions[callee.text] = path.count
          path.append(callee.text)
          next.append(0)
        }
      }
    }
  }

  /// How deep it goes from this function on; a call that takes it beyond the limit is noted, once.
  private mutating func depth(
    of name: String,
    calling called: [Name],
    _ deepest: [String: Int]
  ) -> Int {
    let own = nesting[name] ?? 0
    guard let last = called.max(by: { deepest[$0.text] ?? 0 < deepest[$1.text] ?? 0 }) else {
      return own
    }
    let depth = own + (deepest[last.text] ?? 0)
    guard depth > Self.nestingLimit else { return depth }
    tooDeep[name, default: []].append(last)
    // Those that call it are not to blame too.
    return own
  }
}
