internal import Objects
internal import Postgres
internal import SQLText
private import Synchronization
internal import Values

/// What `pg_proc` says of the functions that reads call; asked once for each name.
final class FunctionCatalog: Sendable {
  private let harmless = Mutex<Set<QualifiedName>>([])

  func isKnown(_ function: QualifiedName) -> Bool {
    harmless.withLock { $0.contains(function) }
  }

  func remember(_ functions: [QualifiedName]) {
    harmless.withLock { $0.formUnion(functions) }
  }
}

extension PostgresDatabase {
  /// Refuses a read whose functions may change something.
  func check(_ functions: [QualifiedName], in context: CallContext) throws(Failure) {
    guard let name = try changingFunction(among: functions, in: context) else { return }
    throw ReadGuard.refusal("the function \(name) may change something")
  }

  /// The first function that is volatile and not known to be harmless.
  func changingFunction(
    among functions: [QualifiedName],
    in context: CallContext
  ) throws(Failure) -> String? {
    let unknown = functions.filter { !self.functions.isKnown($0) }
    guard !unknown.isEmpty else { return nil }
    let volatile = try rows(
      FunctionPolicy.volatilityQuery,
      [.textArray(unknown.map { $0.schema ?? "" }), .textArray(unknown.map(\.name))],
      in: context
    )
    for row in volatile {
      guard case .text(let schema) = row.cells[0], case .text(let name) = row.cells[1] else {
        continue
      }
      let isAllowed = FunctionPolicy.allows(
        schema: schema,
        name: name,
        extensionName: row.cells[2].asText
      )
      if !isAllowed { return "\(schema).\(name)" }
    }
    self.functions.remember(unknown)
    return nil
  }
}

extension Value {
  var asText: String? { if case .text(let text) = self { text } else { nil } }
  var asInt: Int64? { if case .int(let number) = self { number } else { nil } }
  var asTime: Time? { if case .time(let time) = self { time } else { nil } }
  var asBool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
}
