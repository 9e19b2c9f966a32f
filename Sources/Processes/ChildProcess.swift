private import CChildProcess
private import Glibc

/// Runs programs as child processes: argument lists, limits, output, nothing inherited by accident.
package enum ChildProcess {
  /// Which of the two streams of a child a chunk came from.
  package enum Stream: Hashable, Sendable {
    case output, errorOutput
  }

  /// Runs a program to its end, in a process group of its own, and returns how it ended and what it
  /// wrote.
  ///
  /// When the time is over or `cancelOn` becomes readable, the group gets SIGTERM, after the grace
  /// SIGKILL; the result says so. Both hooks are called on the calling thread: `onStart` as soon as
  /// the program runs, `onOutput` for each chunk, also for those that are not kept.
  package static func run(
    _ invocation: Invocation,
    cancelOn: Int32? = nil,
    onStart: ((ProcessIdentity) -> Void)? = nil,
    onOutput: ((Stream, [UInt8]) -> Void)? = nil
  ) throws(ProcessError) -> Completed {
    // Owned from the start: whoever is at the other end must see it closed, also when this fails.
    let given = (
      input: invocation.inputDescriptor.map(Descriptor.init(owning:)),
      output: invocation.outputDescriptor.map(Descriptor.init(owning:))
    )
    let launch = try Launch(invocation)
    if let cancelOn, Self.isReadable(cancelOn) {
      throw .cancelledBeforeStart(program: invocation.program)
    }
    let started = ContinuousClock.now
    let output: (read: Descriptor, write: Descriptor)
    if let write = given.output {
      output = (Descriptor(owning: -1), write)
    } else {
      output = try Self.pipe(for: invocation)
    }
    let errorOutput = try Self.pipe(for: invocation)
    let childInput: Descriptor
    var input: Descriptor?
    if let read = given.input {
      childInput = read
    } else {
      (childInput, input) = try Self.input(for: invocation)
    }
    let pid = try launch.start(
      Launch.Descriptors(input: childInput, output: output.write, errorOutput: errorOutput.write),
      startsSession: false
    )
    // Only when no write end is left here does the end of the output show.
    for descriptor in [childInput, output.write, errorOutput.write] { descriptor.close() }
    if let onStart, let identity = ProcessIdentity(pid: pid) { onStart(identity) }
    var supervision = Supervision(
      pid: pid,
      invocation: invocation,
      started: started,
      streams: [
        OutputStream(output.read, limit: invocation.outputLimit),
        OutputStream(errorOutput.read, limit: invocation.outputLimit),
      ],
      input: input.map { InputStream($0, invocation.input ?? []) }
    )
    return supervision.run(cancelOn: cancelOn, onOutput: onOutput)
  }

  /// The two ends of a pipe between two programs, which run at the same time: the one that writes is
  /// given `write` as its ``Invocation/outputDescriptor``, the other `read` as its
  /// ``Invocation/inputDescriptor``.
  package static func connect() throws(ProcessError) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    let number = unsafe cchild_pipe(&ends)
    guard number == 0 else {
      throw .notStarted(
        program: "two programs",
        step: "making a pipe",
        reason: systemMessage(number)
      )
    }
    return (ends[0], ends[1])
  }

  /// Starts a program in a session of its own that outlives this process; what it writes is appended
  /// to a file that only the caller's user may read.
  ///
  /// The timeout, grace and output limit of the invocation do not apply.
  package static func startDetached(
    _ invocation: Invocation,
    log: String
  ) throws(ProcessError) -> ProcessIdentity {
    let launch = try Launch(invocation)
    guard let file = Descriptor.open(log, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600) else {
      throw .logNotOpened(path: log, reason: systemMessage(errno))
    }
    guard invocation.input == nil else {
      throw .invalid(program: invocation.program, reason: "a detached program can have no input")
    }
    let (null, _) = try Self.input(for: invocation)
    let pid = try launch.start(
      Launch.Descriptors(input: null, output: file, errorOutput: file),
      startsSession: true
    )
    guard let identity = ProcessIdentity(pid: pid) else { throw .processIsGone(pid: pid) }
    return identity
  }

  private static func pipe(
    for invocation: Invocation
  ) throws(ProcessError) -> (read: Descriptor, write: Descriptor) {
    guard let ends = Descriptor.pipe() else {
      throw .notStarted(
        program: invocation.program,
        step: "making a pipe",
        reason: systemMessage(errno)
      )
    }
    ends.read.makeNonBlocking()
    return ends
  }

  /// What the child reads from, and the end that feeds it if there is something to feed.
  private static func input(
    for invocation: Invocation
  ) throws(ProcessError) -> (child: Descriptor, feed: Descriptor?) {
    guard invocation.input == nil else {
      guard let ends = Descriptor.pipe() else {
        throw .notStarted(
          program: invocation.program,
          step: "making a pipe",
          reason: systemMessage(errno)
        )
      }
      ends.write.makeNonBlocking()
      return (ends.read, ends.write)
    }
    guard let null = Descriptor.open("/dev/null", O_RDONLY) else {
      throw .notStarted(
        program: invocation.program,
        step: "opening /dev/null",
        reason: systemMessage(errno)
      )
    }
    return (null, nil)
  }

  private static func isReadable(_ descriptor: Int32) -> Bool {
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&watched, 1, 0) > 0
  }
}
