import Foundation
import Testing
import Values

/// One changing request, as a plan announces it and as the sandbox's log has it.
enum PlannedCall: Equatable {
  /// `POST /path?query {"body":true}`.
  case sent(String)
  /// What is known only when it comes.
  case pending

  /// The requests that a printed plan announces, in order; what goes to the database is no request.
  static func all(in plan: String) -> [PlannedCall] {
    plan.split(separator: "\n").compactMap { line in
      if line.contains("(known when it comes") { return .pending }
      let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true)
      guard words.count > 2, words[0] == "sends", words[2].hasPrefix("http") else { return nil }
      let path = words[2].split(separator: "/", maxSplits: 2).last ?? ""
      let body = words.count > 3 ? " " + words[3] : ""
      return .sent("\(words[1]) /\(path)\(body)")
    }
  }

  /// What came fits what was announced.
  static func fit(_ planned: [PlannedCall], _ done: [String]) -> Bool {
    planned.count == done.count
      && zip(planned, done).allSatisfy { $0 == .pending || $0 == .sent($1) }
  }
}

extension SandboxWorld {
  /// The changing requests that came, with query and body; the words of a plan.
  func calls() throws -> [String] {
    try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").compactMap { line in
      let json = try JSON.parse(String(line))
      guard let method = json["method"]?.stringValue, method != "GET",
        let path = json["path"]?.stringValue
      else { return nil }
      let body = json["body"]?.stringValue ?? ""
      return "\(method) \(path)" + (body.isEmpty ? "" : " " + body)
    }
  }

  /// Walks a file, and sees that this changes nothing: no request, no row.
  func plan(_ words: [String], code: Int = 0) throws -> [PlannedCall] {
    let before = (try calls(), try dump(postgres))
    let plan = try binary.program("opsh", ["plan"] + words, in: folder)
    #expect(plan.code == code, "\(words): \(plan.messages)")
    let after = (try calls(), try dump(postgres))
    #expect(after.0 == before.0, "\(words)")
    #expect(after.1 == before.1, "\(words)")
    return PlannedCall.all(in: plan.output)
  }
}
