private import Diagnostics
package import Language
package import Objects
package import Sinks
private import Values

/// Shows what would be done, for `opsh plan` and for questions.
package struct PlanPrinter: Sendable {
  /// Adds the vendor's own command line for each call.
  package var isByHand: Bool

  package init(isByHand: Bool = false) {
    self.isByHand = isByHand
  }

  /// Shows a whole walk; ends with its hash and the command line that approves it.
  package func lines(
    of walk: [WalkItem],
    hash: String,
    commandLine: String
  ) -> [StyledText] {
    var lines = lines(of: walk)
    if Self.changes(in: walk).isEmpty {
      lines.append("nothing would be changed")
    }
    for reason in Self.unapprovable(in: walk) { lines.append(StyledText(reason, .yellow)) }
    return lines + ["", StyledText("plan ", .faint) + StyledText(hash), StyledText(commandLine)]
  }

  package func lines(of items: [WalkItem], indentation: String = "") -> [StyledText] {
    items.flatMap { lines(of: $0, indentation) }
  }

  private func lines(of item: WalkItem, _ indentation: String) -> [StyledText] {
    let deeper = indentation + "  "
    switch item {
    case .step(let heading, let items):
      let number = StyledText("\(indentation)\(heading.number)/\(heading.count) ", .faint)
      return [number + StyledText(heading.title, .bold)]
        + lines(of: items, indentation: deeper)
    case .skipped(let heading, let reason):
      return [
        StyledText("\(indentation)\(heading.number)/\(heading.count) ", .faint)
          + StyledText("\(heading.title): skipped, \(reason)", .faint)
      ]
    case .change(let plan, let site): return lines(of: plan, site, indentation)
    case .pendingChange(let text, let effect, let site):
      return [
        mark(effect, indentation) + StyledText(text)
          + StyledText(" (known when it comes, \(Self.line(site.place)))", .faint)
      ]
    case .call(let plan, _, let items):
      return [StyledText("\(indentation)\(plan.summary)", .bold)]
        + lines(of: items, indentation: deeper)
    case .check(let text, _): return [StyledText("\(indentation)then checked: \(text)", .faint)]
    case .question(let question, _):
      return [StyledText("\(indentation)asks: ", .cyan) + StyledText(question.text)]
    case .branch(let heading, let items):
      return [StyledText("\(indentation)\(heading)", .faint)]
        + lines(of: items, indentation: deeper)
    case .held(let text, _): return [StyledText("\(indentation)\(text)", .faint)]
    }
  }

  /// Shows one change: its target, calls, precondition, consequences and undo.
  package func lines(
    of plan: Plan,
    _ site: EffectSite? = nil,
    _ indentation: String = ""
  ) -> [StyledText] {
    var lines = [mark(plan.effect, indentation) + StyledText(plan.summary, .bold)]
    func detail(_ name: String, _ text: String, _ style: Style = .plain) {
      lines.append(StyledText("\(indentation)    \(name) ", .faint) + StyledText(text, style))
    }
    detail("target", Self.target(plan.target))
    for (name, value) in plan.arguments { detail(name, value.text) }
    if let measure = plan.measure {
      detail("measured", measure.isExact ? measure.summary : "about \(measure.summary)")
    }
    if let precondition = plan.precondition { detail("while", precondition.summary) }
    for consequence in plan.consequences { detail("means", consequence, .yellow) }
    for call in plan.calls {
      detail("sends", call.text)
      if isByHand { detail("by hand", call.byHand) }
    }
    detail("undo", plan.undo ?? "can not be taken back")
    return lines
  }

  private func mark(_ effect: Effect, _ indentation: String) -> StyledText {
    switch effect {
    case .read: StyledText("\(indentation)  ")
    case .change: StyledText("\(indentation)~ ", .yellow)
    case .destroy: StyledText("\(indentation)! ", .red)
    }
  }

  static func target(_ target: Plan.Target) -> String {
    var text = "\(target.kind) \(target.identity)"
    if let environment = target.environment, target.kind != "environment" {
      text += " of \(environment)"
    }
    if let attested = target.attested { text += " (\(attested))" }
    return text
  }

  private static func line(_ place: Place) -> String {
    "line \(place.source.position(of: place.span.start).line)"
  }

  // MARK: - What a walk holds

  /// Every change of a walk, in order; nothing stands for one that is pending as a whole.
  package static func changes(
    in items: [WalkItem]
  ) -> [(plan: Plan?, effect: Effect, site: EffectSite, text: String)] {
    items.flatMap { item -> [(plan: Plan?, effect: Effect, site: EffectSite, text: String)] in
      switch item {
      case .step(_, let inner), .branch(_, let inner), .call(_, _, let inner): changes(in: inner)
      case .change(let plan, let site): [(plan, plan.effect, site, plan.summary)]
      case .pendingChange(let text, let effect, let site): [(nil, effect, site, text)]
      case .skipped, .check, .question, .held: []
      }
    }
  }

  package static func questions(in items: [WalkItem]) -> [(question: Question, place: Place)] {
    items.flatMap { item -> [(question: Question, place: Place)] in
      switch item {
      case .step(_, let inner), .branch(_, let inner), .call(_, _, let inner):
        questions(in: inner)
      case .question(let question, let place): [(question, place)]
      case .skipped, .check, .change, .pendingChange, .held: []
      }
    }
  }

  /// Why parts of a walk can not be approved in advance, a line each (`design: Plans 13`).
  package static func unapprovable(in items: [WalkItem]) -> [String] {
    changes(in: items).filter { $0.effect == .destroy }.compactMap { change in
      let place = line(change.site.place)
      guard let plan = change.plan, !isPending(plan) else {
        return "'\(change.text)' (\(place)) loses data and depends on what is not known yet:"
          + " it can not be approved in advance"
      }
      guard plan.measure?.isExact == true else {
        return "'\(change.text)' (\(place)) loses data and how much was not measured:"
          + " it can not be approved in advance"
      }
      return nil
    }
  }

  private static func isPending(_ plan: Plan) -> Bool {
    plan.arguments.contains { isPending($0.value) }
  }

  private static func isPending(_ value: Value) -> Bool {
    switch value {
    case .pending: true
    case .list(let values): values.contains(where: isPending)
    case .record(let record): record.cells.contains(where: isPending)
    case .sql(let template): template.parameters.contains(where: isPending)
    default: false
    }
  }
}
