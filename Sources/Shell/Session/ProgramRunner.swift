internal import Language
internal import Objects
internal import Processes
internal import Providers
internal import Values

/// Runs external programs: at once if the stack file declares them reads, as a plan otherwise.
struct ProgramRunner: Sendable {
  /// Whole argument lists that only read.
  let declaredReads: [[String]]
  /// Masks the secrets in a text: before it is cut, since half a secret is not known for one.
  let redact: @Sendable (String) -> String
  /// Shows what a program prints.
  let showOutput: @Sendable (String) -> Void

  func outcome(_ call: ProgramCall, in context: CallContext) throws(Failure) -> ProgramOutcome {
    let isRead = declaredReads.contains(call.arguments)
    if isRead, call.environment.isEmpty, call.input == nil {
      return .value(try run(call, context))
    }
    return .plan(plan(call))
  }

  private func plan(_ call: ProgramCall) -> Plan {
    let line = call.arguments.map(Self.quoted).joined(separator: " ")
    return Plan(
      target: Plan.Target(environment: nil, kind: "program", identity: call.arguments.first ?? ""),
      member: "run",
      arguments: [("arguments", .list(call.arguments.map { .text($0) }))]
        + call.environment.map { ("with \($0.name)", $0.value) },
      effect: .change,
      effectClass: .opaque,
      summary: "run \(line)",
      consequences: ["an external program: opsh can not tell what it changes"],
      calls: [Plan.Call("run \(line)", byHand: line)],
      resultType: .fields([
        .init("exit", .int), .init("text", .text), .init("lines", .list(of: .text)),
        .init("seconds", .number),
      ]),
      body: .effect { (context) throws(Failure) in
        let result = try run(call, context.call) { identity in
          // A run that goes on must not begin while this still runs.
          context.note([
            .init("pid", .int(Int64(identity.pid))), .init("program", .string(call.arguments[0])),
            .init("started", .int(Int64(clamping: identity.startTime))),
          ])
        }
        if case .record(let record) = result, case .text(let text)? = record["text"] {
          showOutput(text)
        }
        return result
      }
    )
  }

  private func run(
    _ call: ProgramCall,
    _ context: CallContext,
    onStart: ((ProcessIdentity) -> Void)? = nil
  ) throws(Failure) -> Value {
    guard let program = call.arguments.first else {
      throw Failure(.usage, "'run' needs a program")
    }
    var invocation = Invocation(program, Array(call.arguments.dropFirst()))
    for (name, value) in call.environment { invocation.environment[name] = try exposed(value) }
    if let input = call.input { invocation.input = try bytes(input) }
    if let timeout = call.timeout {
      invocation.timeout = .microseconds(timeout.microseconds)
    }
    let handle = context.progress.begin("running \(program)", limit: call.timeout)
    defer { handle.end() }
    let completed: Completed
    do throws(ProcessError) {
      completed = try ChildProcess.run(
        invocation,
        cancelOn: context.cancellation.descriptor,
        onStart: onStart
      )
    } catch {
      throw Failure(.failed, error.message)
    }
    return try result(completed, of: call)
  }

  private func result(_ completed: Completed, of call: ProgramCall) throws(Failure) -> Value {
    let program = call.arguments.first ?? ""
    switch completed.cause {
    case .itself: break
    case .timeout:
      throw Failure(
        .unknown,
        "\(program) was stopped after \(call.timeout?.roundedText ?? "its time")",
        advice: ["what it did before that is not known; look before you run it again"]
      )
    case .cancelled:
      throw Failure(
        .unknown,
        "\(program) was stopped",
        advice: ["what it did before that is not known; look before you run it again"]
      )
    }
    let text = String(decoding: completed.output, as: UTF8.self)
    let code: Int32
    switch completed.exit {
    case .code(let number): code = Int32(clamping: number)
    case .signal(let number):
      throw Failure(.failed, "\(program) was ended by signal \(number)")
    }
    guard call.allowedExits.contains(code) else {
      let words = redact(String(decoding: completed.errorOutput, as: UTF8.self)).suffix(2000)
      let lines = words.split(whereSeparator: \.isNewline).suffix(5).map(String.init)
      throw Failure(.failed, "\(program) ended with exit code \(code)", advice: lines)
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return .record(
      Record([
        "exit": .int(Int64(code)), "text": .text(text),
        "lines": .list(lines.map { .text($0) }),
        "seconds": .number(
          Double(completed.duration.components.seconds)
            + Double(completed.duration.components.attoseconds) / 1e18
        ),
      ])
    )
  }

  /// A secret may go into the environment and the input of a program, and nowhere else.
  private func exposed(_ value: Value) throws(Failure) -> String {
    if case .secret(let secret) = value { return secret.withExposedText { $0 } }
    return value.text
  }

  private func bytes(_ value: Value) throws(Failure) -> [UInt8] {
    switch value {
    case .list(let values):
      return Array(
        try values.map { (value) throws(Failure) in
          try line(value)
        }.joined(separator: "\n").utf8
      ) + [0x0A]
    case .stream(let stream):
      var bytes: [UInt8] = []
      while let value = try stream.next() { bytes += Array(try line(value).utf8) + [0x0A] }
      return bytes
    default: return Array(try exposed(value).utf8)
    }
  }

  private func line(_ value: Value) throws(Failure) -> String {
    switch value {
    case .record, .object, .list: value.json.text
    default: try exposed(value)
    }
  }

  /// Quotes a word for people who paste it into a POSIX shell.
  static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A)
        || (byte >= 0x61 && byte <= 0x7A) || "-_./=:@%+,".utf8.contains(byte)
    }
    return plain && !word.isEmpty ? word : ByHand.quoted(word)
  }
}
