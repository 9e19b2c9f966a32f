internal import Control
internal import Diagnostics
internal import Formats
internal import Glibc
internal import Journals
internal import Language
internal import Objects
internal import Providers
internal import Runbooks
internal import Sinks
internal import Stack
private import Synchronization
internal import Syntax
internal import Terminal
internal import Values

/// One use of opsh: the only place that wires concrete types together.
final class Session: Sendable {
  static let version = Product.version

  let options: SessionOptions
  let paths: Paths
  let environment: [String: String]
  let registry = SecretRegistry()
  let cancellation = Cancellation()
  let vocabulary = Vocabulary(ObjectKind.all)
  let output: Output
  let secrets: SecretSources
  private let state = Mutex(State())

  private struct State {
    var stack: LoadedStack?
    var hasLooked = false
    var operated: OperatedStack?
    var failures: [Failure] = []
    var control: ControlDatabase?
  }

  init(_ options: SessionOptions) {
    self.options = options
    environment = ProcessEnvironment.current()
    paths = Paths(environment: environment, working: Paths.current())
    secrets = SecretSources(environment: environment, registry: registry)
    output = Output(options: options, environment: environment, registry: registry)
  }

  // MARK: - The stack

  /// The stack file, where there is one; read once.
  func stack() throws(Failure) -> LoadedStack? {
    try state.withLock { (state) throws(Failure) in
      if state.hasLooked { return state.stack }
      guard let path = options.stack.map(paths.absolute) ?? LoadedStack.find(from: paths.working)
      else {
        state.hasLooked = true
        return nil
      }
      let loaded = try LoadedStack.read(path, ledger: ledger(), trusting: options.trust)
      // Also what this session never needs is masked: a program may print it, a row may hold it.
      for reference in loaded.definition?.secrets ?? [] {
        secrets.mask(reference, in: loaded.folder, readsFile: loaded.isTrusted)
      }
      state.stack = loaded
      state.hasLooked = true
      return state.stack
    }
  }

  func ledger() -> TrustLedger {
    guard options.usesConfig else { return TrustLedger("") }
    let bytes = (try? Folder.read(paths.trusted)) ?? nil
    return TrustLedger(String(decoding: bytes ?? [], as: UTF8.self))
  }

  /// The stack's meaning, or why there is none.
  ///
  /// - Throws: `usage` without a stack file or with a wrong one.
  func definition() throws(Failure) -> (loaded: LoadedStack, definition: StackDefinition) {
    guard let loaded = try stack() else {
      throw Failure(
        .usage,
        "there is no stack.opsh here or in a folder above",
        advice: ["go to the product's folder, or give --stack FILE"]
      )
    }
    guard loaded.problems.allSatisfy({ $0.severity != .error }),
      let definition = loaded.definition
    else {
      output.problems([SourceProblems(source: loaded.source, diagnostics: loaded.problems)])
      throw Failure(.usage, "the stack file \(loaded.path) has errors; nothing was contacted")
    }
    return (loaded, definition)
  }

  /// The operated system; contacts nobody by itself.
  ///
  /// - Throws: `untrusted` for a stack file whose content nobody trusted.
  func operated() throws(Failure) -> OperatedStack {
    if let operated = state.withLock({ $0.operated }) { return operated }
    let (loaded, definition) = try definition()
    guard loaded.isTrusted else {
      throw Failure(
        .untrusted,
        "the stack file \(loaded.path) was not trusted; nothing was contacted",
        advice: [
          "look at it, then: opsh trust" + (options.stack.map { " --stack \($0)" } ?? ""),
          "automation passes --trust \(loaded.hash)",
        ]
      )
    }
    let folder = loaded.folder
    let allowed = definition.allowing(try settings())
    try allowed.refuseForeignHosts(settings: paths.settingsFile)
    let (operated, failures) = allowed.connect(connecting(from: folder), health: HealthEndpoints())
    state.withLock { state in
      state.operated = operated
      state.failures = failures
    }
    return operated
  }

  private func connecting(from folder: String) -> ConnectContext {
    ConnectContext(
      folder: folder,
      secret: { [secrets] reference throws(Failure) in try secrets.read(reference, in: folder) },
      declare: { [registry] in registry.add($0) },
      rollbackRunbook: paths.runbook("rollback", of: folder),
      incidents: incidentJournal
    )
  }

  /// The control database, which is not contacted by that; nothing where the stack has none.
  ///
  /// - Throws: `untrusted`, `missingSecret`, or `usage` for a URL that can not be read.
  func control() throws(Failure) -> ControlDatabase? {
    if let control = state.withLock({ $0.control }) { return control }
    _ = try operated()
    let (loaded, definition) = try definition()
    guard let url = try definition.controlURL(connecting(from: loaded.folder)) else { return nil }
    let made = try ControlDatabase(url: url, stack: definition.title)
    return state.withLock { state in
      state.control = state.control ?? made
      return state.control
    }
  }

  /// Why services of the stack could not be made, such as a secret that is not set.
  var connectionFailures: [Failure] { state.withLock { $0.failures } }

  // MARK: - Checking

  /// What programs are checked against; the stack file is read for its names only.
  func scope(isPrompt: Bool = false, bound: [String: ValueType] = [:]) throws(Failure) -> CheckScope
  {
    let loaded = try stack()
    let definition = loaded?.definition
    var roots: [String: ValueType] = [:]
    if definition != nil { roots["stack"] = .object("stack") }
    for environment in definition?.environments ?? [] {
      roots[environment.name] = .object("environment")
    }
    let folder = loaded?.folder ?? paths.working
    let references = Dictionary(
      (definition?.secrets ?? []).map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    let secrets = secrets
    return CheckScope(
      vocabulary: vocabulary,
      roots: roots,
      environmentNames: (definition?.environments ?? []).map(\.name),
      knownNames: ["job": (definition?.jobs ?? []).map(\.name)],
      laterKinds: ObjectKind.laterKinds,
      declaredReads: definition?.reads ?? [],
      bound: bound,
      isSecretSet: { name in
        secrets.isSet(references[name] ?? SecretReference(name: name, file: nil), in: folder)
      },
      secretPlaces: { name in
        secrets.places(references[name] ?? SecretReference(name: name, file: nil), in: folder)
      },
      secretInText: { [registry] in registry.nameOfSecret(in: $0) },
      isPrompt: isPrompt
    )
  }

  /// Parses a text and what it uses, and finds all that is wrong with it.
  ///
  /// - Parameter stored: the texts that a run was made from; nothing else is read where it is given.
  func load(
    _ source: SourceText,
    mode: ParseMode,
    scope: CheckScope,
    stored: [SourceText]? = nil
  ) -> (
    result: LoadResult, report: Checker.Report
  ) {
    let result = Program.load(source, mode: mode) { [paths] (path, user) throws(Failure) in
      let folder = Paths.parent(of: user.name)
      let full = path.hasPrefix("/") ? path : (folder == "." ? path : folder + "/" + path)
      if let stored {
        guard let text = stored.first(where: { $0.name == full }) else {
          throw Failure(.usage, "the record of this run has no '\(full)'")
        }
        return text
      }
      return SourceText(
        name: full,
        bytes: try TextFile.read(paths.absolute(full), shownAs: full)
      )
    }
    var report = Checker.report(on: result.program, in: scope)
    report.problems = result.problems.joined(with: report.problems)
    return (result, report)
  }

  /// Says that a program needs the stack, so that trust and secrets are looked at before it runs.
  func needsStack(_ program: Program, scope: CheckScope) -> Bool {
    let types = (program.runbook?.parameters ?? []).map(\.type.name.text)
    if types.contains(where: { vocabulary.kind($0) != nil }) { return true }
    return program.sources.contains { source in
      Lexer.lex(source).tokens.contains { token in
        scope.roots[source.text(of: token.span)] != nil
      }
    }
  }

  /// Looks at trust and secrets before anything runs.
  ///
  /// - Parameter environments: what the program can reach; all if it is nothing.
  /// - Throws: `untrusted`, or `missingSecret` with all that are missing.
  func requireStack(_ environments: Set<String>?) throws(Failure) {
    let reached = try operated().environments.filter { environments?.contains($0.name) ?? true }
    let reasons = Set(reached.flatMap(\.unavailable.values).map(\.message))
    let missing = connectionFailures.filter { reasons.contains($0.message) }
    guard let first = missing.first else { return }
    guard missing.count > 1 else { throw first }
    throw Failure(
      first.kind,
      missing.map(\.message).joined(separator: "; "),
      advice: missing.flatMap(\.advice)
    )
  }

  var callContext: CallContext {
    CallContext(
      cancellation: cancellation,
      now: Time.now(),
      deadline: options.timeout ?? .seconds(30),
      progress: output.patience.progress
    )
  }
}

/// The environment of this process, read once.
enum ProcessEnvironment {
  static func current() -> [String: String] {
    var found: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let line = unsafe String(cString: text)
      if let equals = line.firstIndex(of: "=") {
        found[String(line[..<equals])] = String(line[line.index(after: equals)...])
      }
      unsafe entry += 1
    }
    return found
  }
}
