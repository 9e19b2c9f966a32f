import Dispatch
import Objects
import Providers
import Stack
import Testing
import Values

/// A stack file's worth of services, connected to vendors on loopback.
struct Connected: Sendable {
  let optiq: LoopbackOptiq
  let stack: OperatedStack

  var production: OperatedEnvironment {
    get throws { try #require(stack.environment("production")) }
  }

  var hosting: any Hosting {
    get throws { try production.needHosting() }
  }

  var errors: any ErrorTracker {
    get throws { try production.needErrors() }
  }

  static func to(_ scenario: String, seed: UInt64 = 1) async throws -> Connected {
    let optiq = try await LoopbackOptiq.start(scenario, seed: seed)
    let (stack, failures) = try connect(
      vercel: optiq.url("vercel"),
      sentry: optiq.url("sentry"),
      app: optiq.url("app")
    ) { name in
      name == "VERCEL_TOKEN" ? optiq.vercelToken : optiq.sentryToken
    }
    #expect(failures.isEmpty)
    return Connected(optiq: optiq, stack: stack)
  }

  static func connect(
    vercel: String,
    sentry: String,
    app: String,
    secret: @escaping @Sendable (String) -> String
  ) throws -> (stack: OperatedStack, failures: [Failure]) {
    let (definition, problems) = StackReader.read(
      StackTree(
        title: "optiq",
        entries: [
          entry(
            "hosting",
            call("vercel", ["project": "optiq", "team": "optiq", "url": vercel], "VERCEL_TOKEN")
          ),
          entry(
            "errors",
            call(
              "sentry",
              ["organization": "optiq", "project": "web", "url": sentry],
              "SENTRY_TOKEN"
            )
          ),
          .block(kind: "environment", label: "production", [entry("url", text(app))], place: 0..<1),
        ],
        path: "/stack.opsh"
      ),
      vendors: allProviders
    )
    #expect(problems.isEmpty)
    return definition.connect(
      ConnectContext(
        folder: "/",
        secret: { (reference) throws(Failure) in
          Secret(name: reference.name, text: secret(reference.name))
        },
        declare: { _ in }
      ),
      health: HealthEndpoints()
    )
  }

  private static func entry(_ name: String, _ node: StackTree.Node) -> StackTree.Entry {
    .value(name: name, node, place: 0..<1)
  }

  private static func text(_ text: String) -> StackTree.Node { .literal(.text(text), place: 0..<1) }

  private static func call(
    _ name: String,
    _ texts: KeyValuePairs<String, String>,
    _ token: String
  ) -> StackTree.Node {
    let secret = StackTree.Node.call(
      name: "secret",
      [.init(label: nil, node: text(token), place: 0..<1)],
      place: 0..<1
    )
    let arguments = texts.map { StackTree.Argument(label: $0, node: text($1), place: 0..<1) }
    return .call(
      name: name,
      arguments + [.init(label: "token", node: secret, place: 0..<1)],
      place: 0..<1
    )
  }
}

/// Runs what blocks on a thread of its own: the vendors answer on the pool that tests run on.
@discardableResult
func onOwnThread<Answer: Sendable>(
  _ body: @escaping @Sendable () throws -> Answer
) async throws -> Answer {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue(label: "opsh.tests.thread").async {
      continuation.resume(with: Result(catching: body))
    }
  }
}

/// The failure that a blocking call ends with.
func failure<Answer: Sendable>(
  of body: @escaping @Sendable () throws -> Answer
) async -> Failure? {
  do {
    _ = try await onOwnThread(body)
    return nil
  } catch {
    return error as? Failure
  }
}

extension CallContext {
  static func loopback(
    _ cancellation: Cancellation = Cancellation(),
    deadline: TimeSpan = .seconds(30)
  ) -> CallContext {
    CallContext(cancellation: cancellation, now: .now(), deadline: deadline)
  }

  func last(_ span: TimeSpan) -> TimeWindow {
    TimeWindow(start: Time(microseconds: now.microseconds - span.microseconds), end: now)
  }
}

extension Plan {
  @discardableResult
  func act(key: String = "run-1/1", _ context: CallContext = .loopback()) throws -> Value {
    guard case .effect(let body) = body else { return .nothing }
    return try body(PerformContext(call: context, key: key))
  }

  func look(key: String = "run-1/1", _ context: CallContext = .loopback()) throws -> Probe? {
    try probe?(PerformContext(call: context, key: key))
  }
}

extension DeploymentSource {
  func all() throws -> [Deployment] {
    var found: [Deployment] = []
    while let deployment = try next() { found.append(deployment) }
    return found
  }
}

extension LogSource {
  func first(_ count: Int) throws -> [LogLine] {
    var found: [LogLine] = []
    while found.count < count, let line = try next() { found.append(line) }
    return found
  }
}
