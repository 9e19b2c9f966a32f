import Values

/// What `status` shows a person.
enum StatusText {
  static func text(_ state: SandboxState, _ live: JSON) -> String {
    let rate = ((live["failure_rate"]?.numberValue ?? 0) * 1000).rounded() / 10
    let p95 = Int64(live["p95"]?.numberValue ?? 0)
    var rows: [(String, String)] = [
      ("scenario", "\(state.scenario.rawValue), seed \(state.seed)"), ("stack", state.stack),
      ("app", state.app), ("postgres", withoutPassword(state.postgres)),
      ("vercel", state.vercel), ("neon", state.neon), ("sentry", state.sentry),
      ("log", state.log), ("backup", state.backup), ("live", live["host"]?.stringValue ?? ""),
      ("failing", "\(rate) % of requests, p95 \(p95) ms"),
    ]
    if live["is_paused"]?.boolValue == true { rows.append(("paused", "yes")) }
    if live["is_reachable"]?.boolValue == false { rows.append(("database", "does not answer")) }
    if let damage = live["damage"]?.stringValue, !damage.isEmpty { rows.append(("data", damage)) }
    for vendor in live["faults"]?.objectValue ?? [] {
      let faults = (vendor.value.arrayValue ?? []).compactMap(\.stringValue)
      if !faults.isEmpty {
        rows.append(("fault of \(vendor.name)", faults.joined(separator: ", ")))
      }
    }
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, value in
      name + String(repeating: " ", count: width + 2 - name.count) + value + "\n"
    }
    .joined()
  }

  /// A connection string fit to be looked at; `--output json` has it whole.
  private static func withoutPassword(_ uri: String) -> String {
    guard let at = uri.lastIndex(of: "@"), let scheme = uri.firstRange(of: "://"),
      let colon = uri[scheme.upperBound..<at].firstIndex(of: ":")
    else { return uri }
    return uri[..<colon] + ":…" + uri[at...]
  }
}
