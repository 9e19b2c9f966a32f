internal import Objects
internal import Postgres
internal import Values

/// What an error of the room below means to a person.
extension PostgresDatabase {
  /// - Parameters:
  ///   - sql: the person's statement, to show where in it the server found the error.
  ///   - isChange: a lost answer leaves the outcome unknown.
  func failure(
    _ error: PostgresError,
    sql: String? = nil,
    isChange: Bool = false,
    _ context: CallContext
  ) -> Failure {
    if isChange, error.fate == .unknown { return unknown(error) }
    switch error {
    case .invalidURL, .unknownParameter: return Failure(.usage, "\(label): \(error.message)")
    case .invalidBind, .invalidStatement: return Failure(.value, "\(label): \(error.message)")
    case .busy, .transactionOpen: return Failure(.failed, "\(label): \(error.message)")
    case .libraryUnusable:
      return Failure(.unreachable, error.message, advice: ["run scripts/setup"])
    case .cancelled:
      do throws(Failure) {
        try context.cancellation.check()
      } catch {
        return error
      }
      return Failure(.interrupted, "\(label): \(error.message)")
    case .cannotConnect: return Failure(.unreachable, "\(label): \(error.message)")
    case .deadlinePassed:
      return Failure(
        .unreachable,
        "\(label): \(error.message)",
        advice: ["if it waits for a lock, see locks; if it is long, give it more time"]
      )
    case .connectionLost: return Failure(.unreachable, "\(label): \(error.message)")
    case .refused(let fault) where fault.endsSession:
      return Failure(.unreachable, "\(label) ended the session: \(fault.text)")
    case .refused(let fault): return refusal(fault, sql)
    }
  }

  private func unknown(_ error: PostgresError) -> Failure {
    Failure(
      .unknown,
      "\(label): \(error.message)",
      advice: ["look at the data before you do it again"]
    )
  }

  private func refusal(_ fault: ServerFault, _ sql: String?) -> Failure {
    var advice: [String] = []
    if let sql, let position = fault.position {
      advice.append("at character \(position): \(Self.excerpt(of: sql, at: position))")
    }
    if let detail = fault.detail { advice.append(detail) }
    if let hint = fault.hint { advice.append("hint: \(hint)") }
    switch fault.sqlState {
    case "55P03": advice.append("another session holds the lock; see locks")
    case "25006": advice.append("the session may only read; see writes_stopped and allow_writes")
    case "42501": advice.append("the role of the connection lacks the right for it")
    default: break
    }
    let isFenced = [FenceTable.isOld, FenceTable.isMissing].contains(fault.sqlState)
    return Failure(
      isFenced ? .locked : .refused,
      "\(label) refused: \(fault.primary) (SQLSTATE \(fault.sqlState))",
      advice: advice
    )
  }

  /// About forty characters from a position on, in one line.
  private static func excerpt(of sql: String, at position: Int) -> String {
    let text = String(String.UnicodeScalarView(sql.unicodeScalars.dropFirst(max(0, position - 1))))
    let line = text.split(whereSeparator: \.isNewline).first ?? ""
    return line.count > 40 ? line.prefix(40) + "…" : String(line)
  }
}
