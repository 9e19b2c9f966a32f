internal import Values

/// The planner's plan as lines of a tree that a person reads.
///
/// Costs are the planner's own unit (a page read in sequence is 1, by default) and say only which of
/// two plans it thinks the better; rows are its estimate.
struct ExplainTree {
  private(set) var lines: [String] = []
  /// Bytes on the disk by table as the plan names it, schema included.
  private let sizes: [String: Int64]

  /// - Parameter explained: what `explain (format json, verbose)` gives.
  init?(_ explained: JSON, sizes: [String: Int64] = [:]) {
    guard let plan = explained[0]?["Plan"] else { return nil }
    self.sizes = sizes
    // Each open node with what stands before its own line and before the lines below it.
    var open: [(node: JSON, lead: String, below: String)] = [(plan, "", "")]
    while let (node, lead, below) = open.popLast() {
      lines.append(lead + headline(of: node))
      let inner = node["Plans"]?.arrayValue ?? []
      let bar = below + (inner.isEmpty ? "   " : "│  ")
      lines += details(of: node).map { bar + $0 }
      for (index, child) in inner.enumerated().reversed() {
        let isLast = index == inner.count - 1
        open.append((child, below + (isLast ? "└─ " : "├─ "), below + (isLast ? "   " : "│  ")))
      }
    }
  }

  /// The tables that a plan reads whole, schema and name.
  static func scannedTables(_ explained: JSON) -> [(schema: String, name: String)] {
    var found: [(schema: String, name: String)] = []
    var open = [explained[0]?["Plan"]].compactMap(\.self)
    while let node = open.popLast() {
      if node["Node Type"]?.stringValue == "Seq Scan",
        let schema = node["Schema"]?.stringValue, let name = node["Relation Name"]?.stringValue
      {
        found.append((schema, name))
      }
      open += node["Plans"]?.arrayValue ?? []
    }
    return found
  }

  private func headline(of node: JSON) -> String {
    var text = name(of: node)
    if let index = node["Index Name"]?.stringValue { text += " using \(index)" }
    if let table = Self.table(of: node) {
      text += " on \(table)"
      if let alias = node["Alias"]?.stringValue, alias != node["Relation Name"]?.stringValue {
        text += " \(alias)"
      }
    }
    if let cte = node["CTE Name"]?.stringValue { text += " on \(cte)" }
    if let function = node["Function Name"]?.stringValue { text += " on \(function)" }
    let rows = node["Plan Rows"]?.numberValue ?? 0
    let cost = node["Total Cost"]?.numberValue ?? 0
    text += "  about \(Self.count(rows)) row\(rows == 1 ? "" : "s"), cost \(Self.count(cost))"
    if let role = node["Subplan Name"]?.stringValue { text = "\(role): \(text)" }
    return text
  }

  private func name(of node: JSON) -> String {
    let type = node["Node Type"]?.stringValue ?? "?"
    switch type {
    case "ModifyTable": return node["Operation"]?.stringValue ?? type
    case "Aggregate":
      switch node["Strategy"]?.stringValue {
      case "Hashed": return "Hash Aggregate"
      case "Sorted": return "Group Aggregate"
      default: return "Aggregate"
      }
    case "Nested Loop", "Hash Join", "Merge Join":
      let kind = node["Join Type"]?.stringValue ?? "Inner"
      return kind == "Inner" ? type : "\(type) (\(kind.lowercased()))"
    default: return type
    }
  }

  private static func table(of node: JSON) -> String? {
    guard let name = node["Relation Name"]?.stringValue else { return nil }
    guard let schema = node["Schema"]?.stringValue, schema != "public" else { return name }
    return "\(schema).\(name)"
  }

  private func details(of node: JSON) -> [String] {
    var lines: [String] = []
    for (member, words) in [
      ("Index Cond", "finds"), ("Hash Cond", "joins"), ("Merge Cond", "joins"),
      ("Recheck Cond", "finds"), ("Join Filter", "keeps"), ("Filter", "keeps"),
      ("One-Time Filter", "only if"),
    ] {
      if let condition = node[member]?.stringValue { lines.append("\(words) \(condition)") }
    }
    for (member, words) in [("Sort Key", "by"), ("Group Key", "by")] {
      let keys = node[member]?.arrayValue?.compactMap(\.stringValue) ?? []
      if !keys.isEmpty { lines.append("\(words) \(keys.joined(separator: ", "))") }
    }
    if node["Node Type"]?.stringValue == "Seq Scan", let schema = node["Schema"]?.stringValue,
      let name = node["Relation Name"]?.stringValue, let bytes = sizes["\(schema).\(name)"]
    {
      lines.append("reads the whole table, \(Value.size(bytes).text)")
    }
    return lines
  }

  private static func count(_ number: Double) -> String {
    guard let whole = Int64(exactly: number.rounded()) else { return "\(number)" }
    var digits = String(whole)
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
      place -= 3
    }
    return digits
  }
}
