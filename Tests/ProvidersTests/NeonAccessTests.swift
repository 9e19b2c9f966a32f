import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers
@testable import Sandbox

/// What a program needs to get to a branch, and the copy that a backup is restored into.
@Suite(.needsServer, .timeLimit(.minutes(6)), .serialized) struct NeonAccessTests {
  @Test func `a branch says how to connect, past the pooler and with its password a secret`()
    async throws
  {
    let neon = try await NeonHarness()
    let context = CallContext.test()
    try await blocking {
      let main = try neon.database()
      let address = neon.service.production.address
      let access = try main.access(in: context)
      #expect(access.host == "127.0.0.1")
      #expect(access.port == Int(address.port))
      #expect(access.user == address.user)
      #expect(main.databaseName == "optiq_prod")
      let password = try #require(access.password)
      #expect(password.name == "NEON_PASSWORD")
      #expect(password.withExposedText { $0 } == address.password)
      #expect(neon.declaredTexts.contains(address.password))
      let asked = neon.requests.filter { $0.path.hasSuffix("/connection_uri") }
      #expect(asked.count == 1)
      #expect(asked.allSatisfy { $0.query.contains { $0 == ("pooled", "false") } })
    }
    await neon.end()
  }

  @Test func `an empty copy has no tables and takes writes, and what it was made of stays whole`()
    async throws
  {
    let neon = try await NeonHarness()
    let context = CallContext.test()
    try await blocking {
      let main = try neon.database()
      let orders = try main.count("orders")
      // The copy is made of a database that may only be read just now.
      _ = try main.stopWrites(NeonHarness.target, in: context).perform()
      let wrapped = Wrapped()
      let plan = try main.branch(
        NeonHarness.target,
        name: "restore",
        with: .nothing,
        in: context,
        wrap: wrapped.wrap
      )
      #expect(plan.calls.count == 2)
      #expect(plan.calls[1].text == "restore/optiq_prod: drop owned by current_user cascade")
      #expect(plan.calls[1].byHand.hasPrefix("psql \"$(neonctl connection-string restore "))
      #expect(try plan.ask() == .notDone)
      _ = try plan.perform()
      #expect(try plan.ask() == .done)
      let copy = try #require(wrapped.service)
      #expect(try copy.tables(in: context).isEmpty)
      #expect(try !copy.writesAreStopped(in: context))
      #expect(try main.writesAreStopped(in: context))
      #expect(try main.count("orders") == orders)
      #expect(try copy.access(in: context).port != main.access(in: context).port)
      let made = try copy.execute(
        NeonHarness.target,
        WriteRequest([.of("create table public.restored as select 1 as id")]),
        in: context
      )
      _ = try made.perform()
      // A copy with tables is not what was asked for, so nobody may take it for done.
      #expect(try plan.ask() == .unknown)
    }
    await neon.end()
  }

  @Test func `the default branch is never emptied`()
    async throws
  {
    let neon = try await NeonHarness()
    let context = PerformContext(call: .test(), key: "RUN/do:1")
    try await blocking {
      let main = try #require(try neon.database() as? NeonDatabase)
      let orders = try main.count("orders")
      let refused = failure { () throws(Failure) in try main.empty(in: context) }
      #expect(refused?.kind == .refused)
      #expect(refused?.message == "branch main is no copy, so it is not emptied")
      #expect(try main.count("orders") == orders)
    }
    await neon.end()
  }
}
