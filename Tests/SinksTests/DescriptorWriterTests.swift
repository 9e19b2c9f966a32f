import Glibc
import Sinks
import Testing

@Suite struct DescriptorWriterTests {
  @Test func `a reader that went away is told apart from a failure`() throws {
    var ends: [Int32] = [-1, -1]
    try #require(unsafe pipe(&ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    let writer = DescriptorWriter(ends[1], name: "standard output")
    try writer.write([65])
    #expect(throws: SinkError.closed) { try writer.flush() }
    let missing = DescriptorWriter(-1, name: "standard output")
    try missing.write([65])
    #expect(throws: SinkError.failed(what: "standard output", code: EBADF)) { try missing.flush() }
  }

  @Test(.timeLimit(.minutes(6)))
  func `a full pipe that does not block is waited for`() async throws {
    var ends: [Int32] = [-1, -1]
    try #require(unsafe pipe(&ends) == 0)
    // A program that another test starts meanwhile must not keep the writing end.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    let (readEnd, writeEnd) = (ends[0], ends[1])
    let reader = Task.detached {
      var total = 0
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = unsafe read(readEnd, &buffer, buffer.count)
        guard count > 0 else { return total }
        total += count
      }
    }
    let writer = DescriptorWriter(writeEnd, name: "pipe")
    try writer.write([UInt8](repeating: 1, count: 1_000_000))
    try writer.flush()
    close(writeEnd)
    #expect(await reader.value == 1_000_000)
    close(readEnd)
  }
}
