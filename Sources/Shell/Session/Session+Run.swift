internal import Diagnostics
internal import Formats
internal import Glibc
internal import Journals
internal import Language
internal import Objects
internal import Runbooks
internal import Sinks
internal import Stack
private import Synchronization
internal import Terminal
internal import Values

extension Session {
  /// Wires a run: the one door through which everything that acts goes.
  func makeRun(
    texts: [SourceText],
    parameters: [(name: String, value: Value)],
    scope: CheckScope,
    isPrompt: Bool,
    commandLine: @escaping @Sendable (String) -> String,
    undoes: String? = nil,
    memory: RunMemory? = nil
  ) -> Run {
    var header = header(texts, parameters)
    if let undoes { header.fields.append(.init("undoes", .string(undoes))) }
    let recorder = Recorder(
      runID: RunID.make(at: Time.now()),
      store: runStore,
      header: header,
      registry: registry
    )
    return makeRun(
      recorder,
      scope: scope,
      isPrompt: isPrompt,
      commandLine: commandLine,
      memory: memory
    )
  }

  /// What a run that goes on has to find again: its stack file, and where its files lay.
  private var surroundingFields: [JSON.Member] {
    var fields: [JSON.Member] = [.init("working", .string(paths.working))]
    if let stack = try? stack() {
      fields.append(
        .init(
          "stack",
          ["path": .string(paths.absolute(stack.path)), "sha256": .string(stack.hash)]
        )
      )
    }
    return fields
  }

  /// Wires a run to its record; with a memory it goes on.
  func makeRun(
    _ recorder: Recorder,
    scope: CheckScope,
    isPrompt: Bool,
    commandLine: @escaping @Sendable (String) -> String,
    memory: RunMemory? = nil,
    started: Time? = nil
  ) -> Run {
    let output = output
    let programs = ProgramRunner(
      declaredReads: scope.declaredReads,
      redact: { [registry] in Redactor.redact($0, registry: registry) }
    ) { text in
      for line in text.split(separator: "\n") { output.say(StyledText(String(line))) }
    }
    let current = CurrentRun()
    var surroundings = Surroundings(
      person: TerminalAdapter(output: output) { [cancellation] in
        current.run?.patience ?? cancellation
      },
      terms: terms,
      recorder: recorder,
      approvals: ApprovalStore(path: paths.approvals),
      locksPath: paths.locks,
      who: operatorName,
      vocabulary: vocabulary,
      roots: scope.roots,
      root: { [self] name throws(Failure) in try root(name) },
      secret: { [self] name throws(Failure) in try secret(name) },
      showValue: { [self] value, place throws(Failure) in try show(value, at: place) },
      formatValue: { value, name throws(Failure) in
        try RowFormat.named(name).text(of: value)
      },
      saveValue: { [self] value, path throws(Failure) in try save(value, to: path) },
      program: { call, context throws(Failure) in try programs.outcome(call, in: context) },
      report: { output.say($0) },
      commandLine: commandLine,
      isPrompt: isPrompt
    )
    if let timeout = options.timeout { surroundings.deadline = timeout }
    surroundings.progress = output.patience.progress
    shareLocks(&surroundings) { [cancellation] in current.run?.cancellation ?? cancellation }
    let run = Run(surroundings, cancellation: cancellation, memory: memory, started: started)
    current.run = run
    return run
  }

  private func header(
    _ texts: [SourceText],
    _ parameters: [(name: String, value: Value)]
  ) -> Recorder.Header {
    var header = Recorder.Header(
      texts: texts.map { RunStore.Text(name: $0.name, bytes: $0.bytes) },
      version: Self.version,
      operator: operatorName,
      host: Self.hostName(),
      reason: options.reason,
      parameters: parameters
    )
    header.fields += surroundingFields
    header.late = { [self] in incidentFields }
    if let reason = options.lockTerms.withoutDirectory {
      header.fields.append(.init("without_control", .string(reason)))
    }
    return header
  }

  // MARK: - Reads

  func root(_ name: String) throws(Failure) -> Value {
    let stack = try operated()
    if name == "stack" { return .object(stack.objectValue) }
    guard let environment = stack.environment(name) else {
      throw Failure(.value, "the stack has no environment '\(name)'")
    }
    return environment.value
  }

  /// What `secret("NAME")` in a program means: the source that the stack file gives it, or else the
  /// environment variable of that name.
  func secret(_ name: String) throws(Failure) -> Value {
    let loaded = try stack()
    let declared = loaded?.definition?.secrets.first { $0.name == name }
    return .secret(
      try secrets.read(
        declared ?? SecretReference(name: name, file: nil),
        in: loaded?.folder ?? paths.working
      )
    )
  }

  /// Shows a value, and gives what of it goes into the record: rows that were streamed are not kept.
  func show(_ value: Value, at place: Place) throws(Failure) -> JSON? {
    if case .plan(let plan) = value, let plan = plan as? Plan {
      let site = EffectSite(place: place, step: nil, binding: nil, isList: false)
      let printer = PlanPrinter(isByHand: options.isVerbose)
      for line in printer.lines(of: [.change(plan, site)]) { output.line(line) }
      try output.flush()
      return value.json
    }
    if case .object(let object) = value,
      let status = (object as? ObjectValue)?.payload as? StatusReport,
      output.isTerminal, options.output == nil
    {
      for line in StatusScreen(registry: registry).lines(status) { output.line(line) }
      try output.flush()
      return value.json
    }
    if case .object(let object) = value, let object = object as? ObjectValue,
      let elements = object.kind.elements
    {
      return try show(object.read(elements.name, in: callContext), at: place)
    }
    if case .nothing = value, !output.isTerminal, options.output == nil { return .null }
    try output.show(value)
    if case .stream = value { return nil }
    return value.json
  }

  /// Writes a new file; an existing one is an error, and so is data that holds a set secret.
  func save(_ value: Value, to path: String) throws(Failure) {
    let full = paths.absolute(path)
    let descriptor = unsafe open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      let reason =
        errno == EEXIST
        ? "it exists already; 'save' never writes over a file"
        : unsafe String(cString: strerror(errno)).lowercased()
      throw Failure(.failed, "\(path) can not be written: \(reason)")
    }
    do throws(Failure) {
      try write(value, to: descriptor, path)
    } catch {
      close(descriptor)
      _ = unsafe unlink(full)
      throw error
    }
    close(descriptor)
  }

  /// A file's ending says what its reader expects; JSON lines where it says nothing.
  private static func format(ofFile path: String) -> RowFormat {
    switch path.split(separator: ".").last.map(String.init) {
    case "json": .json
    case "csv": .csv
    case "tsv": .tsv
    case "md": .markdown
    case "txt": .lines
    default: .ndjson
    }
  }

  private func refuseSecret(in text: String) throws(Failure) {
    guard let name = registry.nameOfSecret(in: text) else { return }
    throw Failure(.refused, "what shall be saved holds the secret ‹\(name)›; nothing was saved")
  }

  private func write(_ value: Value, to descriptor: Int32, _ path: String) throws(Failure) {
    let writer = DescriptorWriter(descriptor, name: path)
    func put(_ bytes: [UInt8]) throws(Failure) {
      do throws(SinkError) {
        try writer.write(bytes)
      } catch {
        throw Failure(.failed, error.message)
      }
    }
    if case .text(let text) = value {
      try refuseSecret(in: text)
      try put(Array(text.utf8))
      if !text.hasSuffix("\n") { try put([0x0A]) }
    } else {
      let format = Self.format(ofFile: path)
      try format.write(value) { (bytes) throws(Failure) in
        try refuseSecret(in: String(decoding: bytes, as: UTF8.self))
        try put(bytes)
      }
    }
    do throws(SinkError) {
      try writer.flush()
    } catch {
      throw Failure(.failed, error.message)
    }
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw Failure(.failed, "\(path) could not be synced to the disk")
    }
  }

  // MARK: - Guards

  private var terms: Terms {
    let definition = (try? stack())?.definition
    let environments = definition?.environments ?? []
    let protection = Dictionary(
      environments.map { ($0.name, $0.isProtected) },
      uniquingKeysWith: { first, _ in first }
    )
    let strictest = environments.first { $0.isProtected } ?? environments.first
    let expected = Dictionary(
      environments.map { ($0.name, $0.identity) },
      uniquingKeysWith: { first, _ in first }
    )
    return Terms(
      isProtected: { protection[$0] ?? true },
      strictestEnvironment: strictest?.name,
      attest: { [self] target, context throws(Failure) in
        guard ["database", "branch"].contains(target.kind), let name = target.environment,
          let database = try operated().environment(name)?.database
        else { return nil }
        return Terms.Attestation(
          expected: expected[name] ?? nil,
          actual: try database.identity(in: context).fingerprint
        )
      }
    )
  }

  var operatorName: String {
    let name = environment["SUDO_USER"] ?? environment["LOGNAME"] ?? environment["USER"]
    return name ?? "uid \(getuid())"
  }

  static func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown host" }
    return String(
      decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
      as: UTF8.self
    )
  }

  /// Whoever sits at the terminal.
  var person: any Person {
    TerminalAdapter(output: output) { [cancellation] in cancellation }
  }
}

/// Lets the person be asked with the cancellation of what runs at that moment.
private final class CurrentRun: Sendable {
  private let state = Mutex<Weak?>(nil)

  private struct Weak {
    weak var run: Run?
  }

  var run: Run? {
    get { state.withLock { $0?.run } }
    set { state.withLock { $0 = Weak(run: newValue) } }
  }
}
