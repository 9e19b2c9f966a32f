private import Journals
package import Language
package import Objects
package import Values

/// What an approval is given for: equal hashes mean equal changes (`design: Plans 11`).
package enum PlanHash {
  /// A secret enters as its source's name, a pending value as its place, an object as its identity.
  package static func content(of value: Value) -> JSON {
    switch value {
    case .secret(let secret): ["secret": .string(secret.name)]
    case .object(let object):
      ["kind": .string(object.kindName), "identity": .string(object.identity)]
    case .list(let values): .array(values.map(content))
    case .record(let record):
      .object(zip(record.names, record.cells).map { JSON.Member($0, content(of: $1)) })
    case .sql(let template):
      [
        "sql": .string(template.text), "parameters": .array(template.parameters.map(content)),
      ]
    case .plan(let plan):
      (plan as? Plan).map { content(of: $0) } ?? .string(plan.summary)
    default: value.json
    }
  }

  package static func content(of plan: Plan) -> JSON {
    var members: [JSON.Member] = [
      .init("arguments", .object(plan.arguments.map { .init($0.name, content(of: $0.value)) })),
      .init("effect", .string(plan.effect.rawValue)),
      .init("measure", plan.measure.map { .string($0.token) } ?? .null),
      .init("member", .string(plan.member)),
      .init("precondition", plan.precondition?.seen ?? .null),
      .init("target", content(of: plan.target)),
    ]
    if case .call(let call) = plan.body { members.append(.init("call", call.hashContent)) }
    return .object(members)
  }

  private static func content(of target: Plan.Target) -> JSON {
    [
      "attested": target.attested.map { .string($0) } ?? .null,
      "environment": target.environment.map { .string($0) } ?? .null,
      "identity": .string(target.identity), "kind": .string(target.kind),
    ]
  }

  /// What was met on the way and changes nothing stays out.
  package static func content(of items: [WalkItem]) -> JSON {
    .array(items.compactMap(content))
  }

  private static func content(of item: WalkItem) -> JSON? {
    switch item {
    case .step(let heading, let items):
      ["step": .string(heading.title), "walk": content(of: items)]
    case .skipped(let heading, _): ["skipped": .string(heading.title)]
    case .change(let plan, _): ["change": content(of: plan)]
    case .pendingChange(let text, let effect, _):
      ["pending": .string(text), "effect": .string(effect.rawValue)]
    case .call(let plan, _, let items): ["call": content(of: plan), "walk": content(of: items)]
    case .check(let text, _): ["check": .string(text)]
    case .question(let question, _): ["question": .string(question.text)]
    case .branch(let heading, let items):
      ["branch": .string(heading), "walk": content(of: items)]
    case .held: nil
    }
  }

  /// The hash of a file's plan.
  package static func hash(
    texts: [[UInt8]],
    parameters: [(name: String, value: Value)],
    walk: [WalkItem]
  ) throws(Failure) -> String {
    var hashes: [JSON] = []
    for text in texts { hashes.append(.string(try sha256(text))) }
    return try hash([
      "language": 1,
      "parameters": .object(parameters.map { .init($0.name, content(of: $0.value)) }),
      "texts": .array(hashes), "walk": content(of: walk),
    ])
  }

  /// The hash of one plan.
  package static func hash(of plan: Plan) throws(Failure) -> String {
    try hash(["language": 1, "plan": content(of: plan)])
  }

  static func hash(_ content: JSON) throws(Failure) -> String {
    try sha256(content.bytes(isCanonical: true))
  }

  private static func sha256(_ bytes: [UInt8]) throws(Failure) -> String {
    do throws(JournalError) {
      return try SHA256.hex(of: bytes)
    } catch {
      throw Failure(.journal, error.message)
    }
  }
}
