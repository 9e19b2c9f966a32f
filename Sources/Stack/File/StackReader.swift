package import Objects
internal import Values

/// Gives a stack file's tree its meaning, and finds all that is wrong with it.
package struct StackReader {
  private let vendors: [Vendor]
  private var problems: [StackProblem] = []
  private var definition: StackDefinition

  /// Reads the whole tree; the definition is only of use where there are no problems.
  package static func read(_ tree: StackTree, vendors: [Vendor]) -> (
    definition: StackDefinition, problems: [StackProblem]
  ) {
    var reader = StackReader(tree, vendors: vendors)
    for entry in tree.entries { reader.entry(entry) }
    return (reader.definition, reader.problems)
  }

  private init(_ tree: StackTree, vendors: [Vendor]) {
    self.vendors = vendors
    definition = StackDefinition(
      title: tree.title,
      path: tree.path,
      environments: [],
      jobs: [],
      contacts: [],
      reads: []
    )
  }

  private static let values = ["hosting", "errors", "reads", "control"]
  private static let laterValues = [
    "logs", "dns", "queue", "chat", "pager", "ci", "cache", "monitors",
  ]
  private static let blocks = ["environment", "job", "contact", "monitor"]

  private mutating func entry(_ entry: StackTree.Entry) {
    switch entry {
    case .value(let name, let node, let place): value(name, node, place)
    case .block(let kind, let label, let entries, let place):
      switch kind {
      case "environment": environment(label, entries, place)
      case "job": job(label, entries, place)
      case "contact": contact(label, entries, place)
      case "monitor": break
      default:
        problems.append(
          StackProblem(
            "a stack has no '\(kind)' blocks",
            at: place,
            word: kind,
            candidates: Self.blocks
          )
        )
      }
    }
  }

  private mutating func value(_ name: String, _ node: StackTree.Node, _ place: Range<Int>) {
    switch name {
    case "hosting": definition.hosting = vendor(node, role: .hosting)
    case "errors": definition.errors = vendor(node, role: .errors)
    case "control": definition.control = vendor(node, role: .control)
    case "reads": reads(node)
    default:
      // Declared for a later version: it is no error, and nothing of it is contacted.
      guard !Self.laterValues.contains(name) else { return }
      unknown(name, "a stack", Self.values + Self.laterValues, place)
    }
  }

  private mutating func unknown(
    _ name: String,
    _ owner: String,
    _ candidates: [String],
    _ place: Range<Int>
  ) {
    problems.append(
      StackProblem("\(owner) has no entry '\(name)'", at: place, word: name, candidates: candidates)
    )
  }

  // MARK: - Blocks

  private mutating func environment(
    _ label: String,
    _ entries: [StackTree.Entry],
    _ place: Range<Int>
  ) {
    if definition.environments.contains(where: { $0.name == label }) {
      problems.append(StackProblem("the environment '\(label)' stands here twice", at: place))
    }
    var found = EnvironmentDefinition(name: label)
    for entry in entries {
      guard case .value(let name, let node, let place) = entry else {
        problems.append(StackProblem("an environment holds no blocks", at: place))
        continue
      }
      switch name {
      case "url":
        found.url = text(node, "url")
        found.urlPlace = node.place
      case "protected": found.isProtected = bool(node, "protected") ?? true
      case "region": found.region = text(node, "region")
      case "database": found.database = vendor(node, role: .database)
      case "cron_secret": found.cronSecret = secret(node)
      case "identity": found.identity = text(node, "identity")
      case "cache", "queue", "monitors": break
      default:
        unknown(
          name,
          "an environment",
          ["url", "protected", "region", "database", "cron_secret", "identity", "cache"],
          place
        )
      }
    }
    definition.environments.append(found)
  }

  private mutating func job(_ label: String, _ entries: [StackTree.Entry], _ place: Range<Int>) {
    var path: String?
    var schedule: CronSchedule?
    var takes: TimeSpan?
    var priority: String?
    for entry in entries {
      guard case .value(let name, let node, let place) = entry else { continue }
      switch name {
      case "path": path = text(node, "path")
      case "schedule":
        guard let given = text(node, "schedule") else { continue }
        schedule = CronSchedule(given)
        if schedule == nil {
          problems.append(
            StackProblem("'\(given)' is no cron expression of five fields", at: node.place)
          )
        }
      case "takes": takes = duration(node, "takes")
      case "priority": priority = text(node, "priority")
      default: unknown(name, "a job", ["path", "schedule", "takes", "priority"], place)
      }
    }
    guard let path, let schedule else {
      for name in ["path", "schedule"] where !entries.contains(where: { $0.isValue(name) }) {
        problems.append(StackProblem("the job '\(label)' needs a \(name)", at: place))
      }
      return
    }
    definition.jobs.append(
      Job(name: label, path: path, schedule: schedule, takes: takes, priority: priority)
    )
  }

  private mutating func contact(
    _ label: String,
    _ entries: [StackTree.Entry],
    _ place: Range<Int>
  ) {
    var found = Contact(name: label, via: "", channel: nil, after: TimeSpan(microseconds: 0))
    for entry in entries {
      guard case .value(let name, let node, let place) = entry else { continue }
      switch name {
      case "via": found.via = text(node, "via") ?? ""
      case "channel": found.channel = text(node, "channel")
      case "after": found.after = duration(node, "after") ?? found.after
      default: unknown(name, "a contact", ["via", "channel", "after"], place)
      }
    }
    definition.contacts.append(found)
    definition.contacts.sort { $0.after < $1.after }
  }

  // MARK: - Values

  private mutating func vendor(_ node: StackTree.Node, role: Vendor.Role) -> VendorUse? {
    let fitting = vendors.filter { $0.role == role }
    guard case .call(let name, let arguments, let place) = node else {
      problems.append(
        StackProblem(
          "'\(role.rawValue)' needs a vendor, such as \(fitting.first?.name ?? "…")(…)",
          at: node.place
        )
      )
      return nil
    }
    guard let vendor = fitting.first(where: { $0.name == name }) else {
      problems.append(
        StackProblem(
          "opsh knows no '\(name)' for \(role.rawValue)",
          at: place,
          word: name,
          candidates: fitting.map(\.name)
        )
      )
      return nil
    }
    var use = VendorUse(vendor: vendor, values: [:], references: [:], place: place)
    for argument in arguments { take(argument, into: &use) }
    for parameter in vendor.parameters
    where parameter.isRequired && use.values[parameter.name] == nil
      && use.references[parameter.name] == nil
    {
      problems.append(StackProblem("\(name) needs '\(parameter.name):'", at: place))
    }
    return use
  }

  private mutating func take(_ argument: StackTree.Argument, into use: inout VendorUse) {
    guard let label = argument.label,
      let parameter = use.vendor.parameters.first(where: { $0.name == label })
    else {
      let names = use.vendor.parameters.map(\.name)
      problems.append(
        StackProblem(
          argument.label.map { "\(use.vendor.name) has no argument '\($0)'" }
            ?? "the arguments of \(use.vendor.name) have labels: \(names.joined(separator: ", "))",
          at: argument.place,
          word: argument.label,
          candidates: names
        )
      )
      return
    }
    if parameter.type == .secret {
      use.references[label] = secret(argument.node)
    } else if case .literal(let value, _) = argument.node, fits(value, parameter.type) {
      use.values[label] = value
      use.places[label] = argument.node.place
    } else {
      problems.append(
        StackProblem("'\(label)' must be \(parameter.type.name)", at: argument.node.place)
      )
    }
  }

  private func fits(_ value: Value, _ type: ValueType) -> Bool {
    switch (value, type) {
    case (.text, .text), (.bool, .bool), (.int, .int), (.duration, .duration): true
    default: false
    }
  }

  private mutating func secret(_ node: StackTree.Node) -> SecretReference? {
    guard case .call("secret", let arguments, _) = node,
      case .literal(.text(let name), _)? = arguments.first(where: { $0.label == nil })?.node
    else {
      problems.append(
        StackProblem("a secret stands here by name only: secret(\"NAME\")", at: node.place)
      )
      return nil
    }
    var file: String?
    for argument in arguments where argument.label != nil {
      guard argument.label == "file", case .literal(.text(let path), _) = argument.node else {
        problems.append(
          StackProblem(
            "a secret's source here is its environment variable or file:",
            at: argument.place
          )
        )
        continue
      }
      file = path
    }
    return SecretReference(name: name, file: file)
  }

  private mutating func reads(_ node: StackTree.Node) {
    guard case .list(let commands, _) = node else {
      problems.append(StackProblem("'reads' is a list of argument lists", at: node.place))
      return
    }
    for command in commands {
      guard case .list(let words, _) = command else {
        problems.append(StackProblem("each read is a list of its arguments", at: command.place))
        continue
      }
      var arguments: [String] = []
      for word in words {
        guard case .literal(.text(let text), _) = word else {
          problems.append(StackProblem("an argument is a text", at: word.place))
          continue
        }
        arguments.append(text)
      }
      definition.reads.append(arguments)
    }
  }

  private mutating func text(_ node: StackTree.Node, _ name: String) -> String? {
    guard case .literal(.text(let text), _) = node else {
      problems.append(StackProblem("'\(name)' must be a text", at: node.place))
      return nil
    }
    return text
  }

  private mutating func bool(_ node: StackTree.Node, _ name: String) -> Bool? {
    guard case .literal(.bool(let flag), _) = node else {
      problems.append(StackProblem("'\(name)' must be true or false", at: node.place))
      return nil
    }
    return flag
  }

  private mutating func duration(_ node: StackTree.Node, _ name: String) -> TimeSpan? {
    guard case .literal(.duration(let span), _) = node else {
      problems.append(StackProblem("'\(name)' must be a duration such as 5m", at: node.place))
      return nil
    }
    return span
  }
}

extension StackTree.Entry {
  fileprivate func isValue(_ wanted: String) -> Bool {
    if case .value(let name, _, _) = self { name == wanted } else { false }
  }
}
