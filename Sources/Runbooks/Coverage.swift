package import Language
package import Objects
package import Values

/// The changes that a yes was given for.
package struct Coverage: Sendable {
  private struct Shown: Sendable {
    /// Nothing where the plan itself was pending: then its place and effect decide.
    var content: JSON?
    var path: String
    var effect: Effect
    /// It stands in a `retry`, or in a `for` over what was not known.
    var isRepeatable: Bool
  }

  private var shown: [Shown] = []

  package init() {}

  package var isEmpty: Bool { shown.isEmpty }

  /// Takes in what a walk showed; a `destroy` only where the approval names it.
  package mutating func add(
    _ items: [WalkItem],
    includesDestroys: Bool,
    isRepeatable: Bool = false
  ) {
    for item in items {
      switch item {
      case .step(_, let inner):
        add(inner, includesDestroys: includesDestroys, isRepeatable: isRepeatable)
      case .branch(let heading, let inner):
        let repeats = isRepeatable || heading.hasPrefix("for each") || heading.hasPrefix("retry")
        add(inner, includesDestroys: includesDestroys, isRepeatable: repeats)
      case .change(let plan, let site):
        add(PlanHash.content(of: plan), plan.effect, site, includesDestroys, isRepeatable)
      case .pendingChange(_, let effect, let site):
        // What it will be is not known, so a loss of data is never in it.
        add(nil, effect, site, false, isRepeatable)
      case .call(let plan, let site, let inner):
        add(PlanHash.content(of: plan), plan.effect, site, includesDestroys, isRepeatable)
        add(inner, includesDestroys: includesDestroys, isRepeatable: isRepeatable)
      case .skipped, .check, .question, .held: continue
      }
    }
  }

  private mutating func add(
    _ content: JSON?,
    _ effect: Effect,
    _ site: EffectSite,
    _ includesDestroys: Bool,
    _ isRepeatable: Bool
  ) {
    guard effect != .destroy || includesDestroys else { return }
    let path = site.place.path
    shown.append(
      Shown(
        content: content,
        path: path,
        effect: effect,
        isRepeatable: isRepeatable || path.split(separator: "/").contains { $0.hasPrefix("retry:") }
      )
    )
  }

  /// Says whether a change was shown, and uses that up unless it stands in a loop.
  package mutating func take(_ plan: Plan, at site: EffectSite) -> Bool {
    let content = PlanHash.content(of: plan)
    guard
      let index = shown.firstIndex(where: { entry in
        guard Self.isSamePlace(entry.path, site.place.path, entry.isRepeatable) else {
          return false
        }
        guard let known = entry.content else { return plan.effect <= entry.effect }
        return Self.fits(known, content)
      })
    else { return false }
    if !shown[index].isRepeatable { shown.remove(at: index) }
    return true
  }

  /// Compares what was shown with what is; a pending value in the first stands for anything.
  package static func fits(_ shown: JSON, _ actual: JSON) -> Bool {
    switch (shown, actual) {
    case (.object(let members), _) where members.count == 1 && members[0].name == "pending":
      true
    case (.object(let left), .object(let right)):
      left.count == right.count
        && zip(left, right).allSatisfy { $0.name == $1.name && fits($0.value, $1.value) }
    case (.array(let left), .array(let right)):
      left.count == right.count && zip(left, right).allSatisfy { fits($0, $1) }
    default: shown == actual
    }
  }

  private static func isSamePlace(_ shown: String, _ actual: String, _ isRepeatable: Bool) -> Bool {
    shown == actual || isRepeatable && withoutTurns(shown) == withoutTurns(actual)
  }

  /// Takes the turn off `for:3`, `retry:2` and `parallel:1`.
  private static func withoutTurns(_ path: String) -> [Substring] {
    path.split(separator: "/").map { part in
      let word = loops.first { part.hasPrefix($0) }
      return word.map { part.prefix($0.count) } ?? part
    }
  }

  private static let loops = ["for:", "retry:", "parallel:"]
}
