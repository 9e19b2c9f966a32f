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
  private var calls: [String: [Name]] = [:]

  init(of functions: [String: Program.Function]) {
    for (name, function) in functions {
      var search = TreeSearch()
      search.visit(function.declaration.body)
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
}
