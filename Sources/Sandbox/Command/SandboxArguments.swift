/// What somebody typed behind `opsh sandbox`.
struct SandboxArguments: Equatable {
  enum Verb: Equatable {
    case up(Scenario, seed: UInt64)
    case status(json: Bool)
    case fault(Vendor, Fault?, on: Bool)
    case down
    case help
    /// What `up` starts; not for people.
    case serve(Scenario, seed: UInt64)
  }

  var verb: Verb
  var name = SandboxPaths.standardName

  static let usage = """
    usage: opsh sandbox up [--scenario NAME] [--seed N] [--name NAME]
           opsh sandbox status [--output json|table] [--name NAME]
           opsh sandbox fault VENDOR KIND [off] [--name NAME]
           opsh sandbox fault VENDOR off [--name NAME]
           opsh sandbox down [--name NAME]

    scenarios:
    \(table(Scenario.allCases.map { ($0.rawValue, $0.summary) }))
    vendors: \(Vendor.allCases.map(\.rawValue).joined(separator: ", "))
    kinds of fault:
    \(table(Fault.allCases.map { ($0.rawValue, $0.usage) }))
    """

  private static func table(_ rows: [(String, String)]) -> String {
    rows.map { name, text in
      "  " + name + String(repeating: " ", count: max(2, 18 - name.count)) + text + "\n"
    }.joined()
  }

  init(_ arguments: [String]) throws(UsageError) {
    var words: [String] = []
    var options: [String: String] = [:]
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--") else {
        words.append(argument)
        continue
      }
      let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
      let option = parts.first ?? ""
      if option == "help" || option == "clear" {
        options[option] = ""
        continue
      }
      guard ["scenario", "seed", "name", "output"].contains(option) else {
        throw .unknown(
          "option",
          argument,
          known: ["--scenario", "--seed", "--name", "--output", "--clear"]
        )
      }
      guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
        throw .missing("a value for '--\(option)'")
      }
      options[option] = value
    }
    // Who asks for help need not have said the rest.
    guard options["help"] == nil else {
      verb = .help
      return
    }
    verb = try Self.verb(&words, &options)
    if let name = options.removeValue(forKey: "name") {
      guard SandboxPaths.isName(name) else {
        throw .invalid("'\(name)' can not be a sandbox's name: use letters, digits, '-' and '_'")
      }
      self.name = name
    }
    if let word = words.first { throw .invalid("unexpected argument '\(word)'") }
    if let option = options.keys.sorted().first {
      throw .invalid("'--\(option)' does not belong to this command")
    }
  }

  private static func verb(
    _ words: inout [String],
    _ options: inout [String: String]
  ) throws(UsageError) -> Verb {
    guard !words.isEmpty else { throw .missing("what to do: up, status, fault or down") }
    switch words.removeFirst() {
    case "up": return try up(&options) { .up($0, seed: $1) }
    case "serve": return try up(&options) { .serve($0, seed: $1) }
    case "status":
      let output = options.removeValue(forKey: "output") ?? "table"
      guard output == "json" || output == "table" else {
        throw .unknown("output", output, known: ["json", "table"])
      }
      return .status(json: output == "json")
    case "fault": return try fault(&words, &options)
    case "down": return .down
    case "help": return .help
    case let other: throw .unknown("command", other, known: ["up", "status", "fault", "down"])
    }
  }

  private static func up(
    _ options: inout [String: String],
    _ verb: (Scenario, UInt64) -> Verb
  ) throws(UsageError) -> Verb {
    var scenario = Scenario.standard
    if let name = options.removeValue(forKey: "scenario") {
      guard let known = Scenario(rawValue: name) else {
        throw .unknown("scenario", name, known: Scenario.allCases.map(\.rawValue))
      }
      scenario = known
    }
    guard let text = options.removeValue(forKey: "seed") else { return verb(scenario, 1) }
    guard let seed = UInt64(text) else {
      throw .invalid("'\(text)' is not a seed: it must be a whole number from 0")
    }
    return verb(scenario, seed)
  }

  private static func fault(
    _ words: inout [String],
    _ options: inout [String: String]
  ) throws(UsageError) -> Verb {
    guard words.count >= 2 || (words.count == 1 && options["clear"] != nil) else {
      throw .missing("a vendor and a kind of fault")
    }
    let name = words.removeFirst()
    guard let vendor = Vendor(rawValue: name) else {
      throw .unknown("vendor", name, known: Vendor.allCases.map(\.rawValue))
    }
    var isOn = options.removeValue(forKey: "clear") == nil
    guard !words.isEmpty, words[0] != "off" else {
      if !words.isEmpty { words.removeFirst() }
      return .fault(vendor, nil, on: false)
    }
    let kind = words.removeFirst()
    guard let fault = Fault(rawValue: kind), Fault.possible(at: vendor).contains(fault) else {
      throw .unknown(
        "fault of \(vendor.rawValue)",
        kind,
        known: Fault.possible(at: vendor).map(\.rawValue) + ["off"]
      )
    }
    if words.first == "off" || words.first == "on" { isOn = words.removeFirst() == "on" && isOn }
    return .fault(vendor, fault, on: isOn)
  }
}

extension Fault {
  /// What it does, and which vendors have it where not all do.
  fileprivate var usage: String {
    let vendors = Vendor.allCases.filter { Fault.possible(at: $0).contains(self) }
    guard vendors.count < Vendor.allCases.count else { return summary }
    return "\(summary) (\(vendors.map(\.rawValue).joined(separator: ", ")))"
  }
}

/// Why a command line makes no sense.
enum UsageError: Error, Equatable {
  case unknown(String, String, known: [String])
  case missing(String)
  case invalid(String)

  var message: String {
    switch self {
    case .unknown(let what, let name, let known):
      if let nearest = Suggestion.nearest(to: name, among: known) {
        "there is no \(what) '\(name)'; did you mean '\(nearest)'?"
      } else {
        "there is no \(what) '\(name)'; known: \(known.joined(separator: ", "))"
      }
    case .missing(let what): "missing: \(what)"
    case .invalid(let text): text
    }
  }
}
