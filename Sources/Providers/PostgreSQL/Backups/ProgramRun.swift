private import Glibc
internal import Postgres
internal import Processes
private import Synchronization
internal import Values

/// One of PostgreSQL's programs, or age, at work: what it says while it runs, and how it ended.
struct ProgramRun: Sendable {
  let path: String
  let arguments: [String]
  /// What it is doing, for the words of a failure: `backing up shop`.
  let purpose: String
  /// In its environment only, where no list of processes shows it.
  var password: Secret?
  var input: [UInt8]?
  var inputDescriptor: Int32?
  var outputDescriptor: Int32?

  init(_ path: String, _ arguments: [String], for purpose: String) {
    self.path = path
    self.arguments = arguments
    self.purpose = purpose
  }

  var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - onStart: is told which process it is, so that a run that goes on waits for its end.
  ///   - onLine: is told each line of its standard error.
  /// - Throws: `failed` unless it ended with 0, `interrupted` when it was stopped.
  @discardableResult
  func run(
    stop: Cancellation,
    onStart: ((ProcessIdentity) -> Void)? = nil,
    onLine: ((String) -> Void)? = nil
  ) throws(Failure) -> Completed {
    var invocation = Invocation(path, arguments, input: input, outputLimit: 8 << 20)
    // Its lines are read, so they must be in one language.
    invocation.environment = ["LC_ALL": "C"]
    if let password { invocation.environment["PGPASSWORD"] = password.withExposedText { $0 } }
    invocation.inputDescriptor = inputDescriptor
    invocation.outputDescriptor = outputDescriptor
    let lines = LineBuffer()
    let completed: Completed
    do throws(ProcessError) {
      completed = try ChildProcess.run(invocation, cancelOn: stop.descriptor, onStart: onStart) {
        (stream, bytes) in
        guard stream == .errorOutput else { return }
        lines.take(bytes, onLine)
      }
    } catch {
      throw Failure(.failed, "\(purpose): \(error.message)")
    }
    lines.end(onLine)
    guard completed.cause == .itself else {
      throw Failure(.interrupted, "\(name) was stopped while \(purpose)")
    }
    // It wrote to another program, which is gone: that one's failure is the one to tell.
    guard completed.exit != .signal(Int(SIGPIPE)) || outputDescriptor == nil else {
      throw Failure(.interrupted, "nobody reads what \(name) writes while \(purpose)")
    }
    guard completed.isSuccess else { throw failure(completed, lines.last) }
    return completed
  }

  /// The same as a part of a crew.
  func part(
    onStart: @escaping @Sendable (ProcessIdentity, String) -> Void,
    onLine: @escaping @Sendable (String) -> Void = { _ in }
  ) -> Crew.Part {
    let part: Crew.Part = { (stop: Cancellation) throws(Failure) in
      _ = try self.run(stop: stop, onStart: { onStart($0, self.name) }, onLine: onLine)
    }
    return part
  }

  private func failure(_ completed: Completed, _ lines: [String]) -> Failure {
    let ending =
      switch completed.exit {
      case .code(let code): "ended with exit code \(code)"
      case .signal(Int(SIGXFSZ)): "was ended: a file grew larger than this user's may"
      case .signal(let signal): "was ended by signal \(signal)"
      }
    let errors = lines.filter { $0.contains("error:") || $0.contains("fatal:") }
    let shown = (errors.isEmpty ? lines : errors).suffix(5).map { line in
      line.hasPrefix(name + ": ") ? String(line.dropFirst(name.count + 2)) : line
    }
    return Failure(.failed, "\(name) \(ending) while \(purpose)", advice: shown + hints(lines))
  }

  private func hints(_ lines: [String]) -> [String] {
    func says(_ words: String) -> Bool { lines.contains { $0.contains(words) } }
    if says("No space left on device") || says("Disk quota exceeded") {
      return ["the disk is full: make room, or keep backups elsewhere (backups: in the stack file)"]
    }
    if says("unsupported version") {
      return ["the archive is newer than this program: install a newer postgresql-client"]
    }
    if says("canceling statement due to lock timeout") {
      return ["a table is locked by another session; see locks, and do it again"]
    }
    if says("permission denied") {
      return ["the role of the connection may not read all of it: grant pg_read_all_data to it"]
    }
    return []
  }
}

/// Bytes of a program's standard error as lines; the last ones are kept for a failure.
///
/// Only the thread that runs the program uses it.
private final class LineBuffer: Sendable {
  private let state = Mutex((rest: [UInt8](), last: [String]()))

  var last: [String] { state.withLock { $0.last } }

  func take(_ bytes: [UInt8], _ onLine: ((String) -> Void)?) {
    let lines = state.withLock { state in
      state.rest += bytes
      var lines: [String] = []
      while let end = state.rest.firstIndex(of: 0x0A) {
        lines.append(String(decoding: state.rest[..<end], as: UTF8.self))
        state.rest.removeSubrange(...end)
      }
      state.last = (state.last + lines.filter { !$0.isEmpty }).suffix(40)
      return lines
    }
    for line in lines { onLine?(line) }
  }

  func end(_ onLine: ((String) -> Void)?) {
    let isOpen = state.withLock { !$0.rest.isEmpty }
    if isOpen { take([0x0A], onLine) }
  }
}
