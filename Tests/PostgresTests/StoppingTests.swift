import Foundation
import Postgres
import PostgresTestSupport
import Synchronization
import Testing

@Suite(.needsServer, .timeLimit(.minutes(6))) struct StoppingTests {
  /// Waits until the server shows what the query asks for.
  private func wait(until condition: String, on observer: Connection) throws {
    let start = ContinuousClock.now
    while try allRows(observer.read("select \(condition)")) != [["t"]] {
      try #require(ContinuousClock.now - start < .seconds(20))
    }
  }

  private func isRunning(_ backend: Int) -> String {
    "exists (select from pg_stat_activity where pid = \(backend) and state = 'active')"
  }

  @Test func `five rows of ten million end within a second and the statement is gone`() throws {
    let connection = try openConnection(readOnly: true)
    let observer = try openConnection(readOnly: true)
    let start = ContinuousClock.now
    let cursor = try connection.read("select generate_series(1, 10000000)")
    for number in 1...5 { #expect(try cursor.next()?.text(0) == String(number)) }
    cursor.close()
    #expect(ContinuousClock.now - start < .seconds(1))
    #expect(connection.isOpen)
    try wait(until: "not \(isRunning(connection.backendID))", on: observer)
    #expect(try allRows(connection.read("select 1")) == [["1"]])
  }

  @Test func `a cursor that goes away frees the connection`() throws {
    let connection = try openConnection(readOnly: true)
    for _ in 1...5 {
      _ = try connection.read("select generate_series(1, 1000000)").next()
    }
    #expect(try allRows(connection.read("select 1")) == [["1"]])
  }

  @Test func `giving up stops a sleeping statement, and the connection goes on`() throws {
    let connection = try openConnection()
    let observer = try openConnection(readOnly: true)
    let pipe = Pipe()
    let backend = connection.backendID
    let condition = isRunning(backend)
    let thread = Thread {
      try? self.wait(until: condition, on: observer)
      try? pipe.fileHandleForWriting.write(contentsOf: [1])
    }
    thread.start()
    let start = ContinuousClock.now
    #expect(throws: PostgresError.cancelled(.undone)) {
      try connection.execute(
        "select pg_sleep(50)",
        cancelOn: pipe.fileHandleForReading.fileDescriptor
      )
    }
    #expect(ContinuousClock.now - start < .seconds(10))
    #expect(try allRows(connection.query("select 1")) == [["1"]])
  }

  @Test func `a deadline stops the statement at the server`() throws {
    let connection = try openConnection()
    let failure = #expect(throws: PostgresError.self) {
      try connection.execute("select pg_sleep(50)", deadline: .milliseconds(200))
    }
    #expect(failure?.fate == .undone)
    #expect(try allRows(connection.query("select 1")) == [["1"]])
  }

  @Test func `a hung server meets our deadline and the outcome is unknown`() throws {
    let connection = try openConnection()
    let backend = pid_t(connection.backendID)
    #expect(kill(backend, SIGSTOP) == 0)
    defer { kill(backend, SIGCONT) }
    let start = ContinuousClock.now
    let failure = #expect(throws: PostgresError.self) {
      try connection.execute("select 1", deadline: .milliseconds(300))
    }
    #expect(failure?.fate == .unknown)
    #expect(ContinuousClock.now - start < .seconds(6))
    #expect(!connection.isOpen)
    let after = #expect(throws: PostgresError.self) { try connection.execute("select 1") }
    #expect(after?.fate == .notSent)
  }

  @Test func `a killed backend is a lost connection with an unknown outcome`() throws {
    let connection = try openConnection()
    let observer = try openConnection()
    let backend = connection.backendID
    let condition = isRunning(backend)
    let thread = Thread {
      try? self.wait(until: condition, on: observer)
      _ = try? observer.execute("select pg_terminate_backend(\(backend))")
    }
    thread.start()
    let failure = #expect(throws: PostgresError.self) {
      try connection.execute("select pg_sleep(50)")
    }
    #expect(failure?.fate == .unknown)
    #expect(!connection.isOpen)
  }

  @Test func `a late cancel never meets the next statement`() throws {
    let connection = try openConnection()
    for round in 0..<30 {
      let cursor = try connection.query("select generate_series(1, \(round * 400))")
      _ = try cursor.next()
      cursor.close()
      #expect(try allRows(connection.query("select 1")) == [["1"]])
    }
  }

  @Test func `an address that never answers is given up in time`() throws {
    let listener = try SilentListener()
    let parameters = try ConnectionParameters(url: "postgresql://a:pw@127.0.0.1:\(listener.port)/b")
    let start = ContinuousClock.now
    let failure = #expect(throws: PostgresError.self) {
      _ = try Connection.open(parameters, readOnly: true, deadline: .milliseconds(300))
    }
    #expect(ContinuousClock.now - start < .seconds(3))
    let message = try #require(failure?.message)
    #expect(message.contains("127.0.0.1:\(listener.port)"))
    #expect(!message.contains("pw"))
  }

  @Test func `a closed port says what was tried`() throws {
    let port = try FreePort.find()
    let failure = #expect(throws: PostgresError.self) {
      _ = try Connection.open(
        ConnectionParameters(url: "postgresql://a@localhost:\(port)/b"),
        readOnly: true
      )
    }
    #expect(failure?.message.contains("refused") == true)
  }
}
