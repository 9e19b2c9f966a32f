internal import Diagnostics
internal import Journals
internal import Stack
internal import Syntax
internal import Values

/// What help knows of the stack that one stands in; nobody is contacted for it.
struct HelpStack {
  /// A name that stands for an object from the start.
  struct Root {
    var name: String
    var kind: String
    var summary: String
  }

  struct Runbook {
    /// The file's name without its ending.
    var name: String
    var path: String
    var title: String
    var documentation: [String] = []
    var parameters: [(name: String, text: String)] = []
    var steps: [String] = []

    func answers(to topic: String) -> Bool {
      [name, path, name + ".opsh"].contains(topic)
    }

    /// What runs it, every parameter that must be given with its place.
    var commandLine: String {
      let needed = parameters.filter { !$0.text.contains(" = ") }.map { " \($0.name)=…" }
      return "opsh \(path)\(needed.joined())"
    }
  }

  var roots: [Root] = []
  var runbooks: [Runbook] = []
}

extension HelpStack.Root {
  init(_ environment: EnvironmentDefinition) {
    name = environment.name
    kind = "environment"
    let parts = [
      "an environment", environment.isProtected ? "protected" : "not protected", environment.url,
      environment.database.map { "database at \($0.vendor.name)" },
    ]
    summary = parts.compactMap(\.self).joined(separator: ", ")
  }
}

extension HelpStack.Runbook {
  /// Reads a file's own words; nothing if it is no runbook.
  init?(_ source: SourceText, name: String) {
    guard case .items(let items) = Parser.parse(source, mode: .file).file.contents else {
      return nil
    }
    self.init(name: name, path: source.name, title: "")
    var isRunbook = false
    for item in items {
      switch item {
      case .runbook(let title, let documentation, _):
        isRunbook = true
        self.title = title.text
        self.documentation = documentation
      case .parameter(let parameter):
        let type = (parameter.type.isList ? "list of " : "") + parameter.type.name.text
        let usual = parameter.defaultValue.map { " = " + source.text(of: $0.span) } ?? ""
        let documentation = parameter.documentation.joined(separator: " ")
        parameters.append(
          (parameter.name.text, type + usual + (documentation.isEmpty ? "" : "  " + documentation))
        )
      case .step(let step): steps.append(step.title.text)
      default: break
      }
    }
    guard isRunbook, !title.isEmpty else { return nil }
  }
}

extension Session {
  /// Help that knows the stack file, where there is one that can be read.
  func help() -> HelpText {
    var text = HelpText(vocabulary)
    let loaded = (try? stack()) ?? nil
    if let definition = loaded?.definition {
      text.stack.roots = definition.environments.map(HelpStack.Root.init)
    }
    text.stack.runbooks = runbooks(in: loaded?.folder ?? paths.working)
    return text
  }

  /// The runbooks beside the stack file, as one would type their paths from here.
  private func runbooks(in folder: String) -> [HelpStack.Runbook] {
    let shown = folder == paths.working ? "runbooks" : folder + "/runbooks"
    let names = (try? Folder.names(in: folder + "/runbooks")) ?? []
    return names.filter { $0.hasSuffix(".opsh") }.compactMap { file in
      let path = "\(shown)/\(file)"
      guard let bytes = try? TextFile.read(paths.absolute(path), shownAs: path) else { return nil }
      return HelpStack.Runbook(SourceText(name: path, bytes: bytes), name: String(file.dropLast(5)))
    }
  }
}
