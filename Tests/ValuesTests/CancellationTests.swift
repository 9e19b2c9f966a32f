import Dispatch
import Glibc
import Testing
import Values

@Suite struct CancellationTests {
  private func isReadable(_ descriptor: Int32) -> Bool {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&poller, 1, 0) == 1
  }

  @Test func `its descriptor becomes readable once and stays so`() {
    let cancellation = Cancellation()
    #expect(!isReadable(cancellation.descriptor))
    #expect(!cancellation.isCancelled)
    cancellation.cancel()
    #expect(isReadable(cancellation.descriptor))
    cancellation.cancel(.terminated)
    #expect(isReadable(cancellation.descriptor))
    #expect(cancellation.reason == .interrupted)
  }

  @Test func `programs that are started do not inherit it`() {
    #expect(fcntl(Cancellation().descriptor, F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test(arguments: [
    (Cancellation.Reason.interrupted, Failure.Kind.interrupted), (.terminated, .terminated),
    (.deadline, .timeout),
  ])
  func `the reason decides what it means`(reason: Cancellation.Reason, kind: Failure.Kind) throws {
    let cancellation = Cancellation()
    try cancellation.check()
    cancellation.cancel(reason)
    let failure = #expect(throws: Failure.self) { try cancellation.check() }
    #expect(failure?.kind == kind)
  }

  @Test(.timeLimit(.minutes(6)))
  func `waiting ends at once when another thread cancels`() async {
    let cancellation = Cancellation()
    let failure = await withCheckedContinuation { done in
      Thread.start {
        do throws(Failure) {
          try cancellation.wait(.hours(1))
          done.resume(returning: Failure?.none)
        } catch {
          done.resume(returning: error)
        }
      }
      Thread.start { cancellation.cancel(.deadline) }
    }
    #expect(failure?.kind == .timeout)
  }

  @Test func `waiting lasts as long as it was told to, and no time for none`() throws {
    let cancellation = Cancellation()
    let start = Time.monotonicMicroseconds()
    try cancellation.wait(.milliseconds(5))
    #expect(Time.monotonicMicroseconds() - start >= 5000)
    try cancellation.wait(TimeSpan(microseconds: -1))
    try cancellation.wait(TimeSpan(microseconds: 0))
  }
}

private enum Thread {
  static func start(_ body: @escaping @Sendable () -> Void) {
    DispatchQueue(label: "opsh.tests").async(execute: body)
  }
}

@Suite struct FailureTests {
  /// The table of exit codes that the command line documents.
  @Test(
    arguments: [
      (Failure.Kind.value, 1), (.waiting, 4), (.refused, 1), (.failed, 1), (.timeout, 1),
      (.usage, 2),
      (.missingSecret, 2), (.untrusted, 2), (.expectation, 3), (.nothingToDo, 3), (.approval, 4),
      (.stale, 4), (.unreachable, 5), (.locked, 6), (.unknown, 7), (.journal, 8),
      (.interrupted, 130), (.terminated, 143),
    ] as [(Failure.Kind, Int32)]
  )
  func `every kind has its exit code`(kind: Failure.Kind, code: Int32) {
    #expect(Failure(kind, "").exitCode == code)
  }

  @Test func `no kind is left out, and words are names`() {
    #expect(Failure.Kind.allCases.count == 18)
    for kind in Failure.Kind.allCases {
      #expect(kind.rawValue.allSatisfy { $0.isLowercase || $0 == "_" })
    }
  }

  @Test func `try never catches what a person must see`() {
    let caught = Set(Failure.Kind.allCases.filter { Failure($0, "").isCatchable })
    #expect(
      caught == [
        .value, .refused, .failed, .timeout, .expectation, .nothingToDo, .stale, .unreachable,
      ]
    )
  }
}
