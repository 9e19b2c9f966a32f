import Foundation
import Objects
import Synchronization
import Testing
import Values

@testable import Providers
@testable import Sandbox
@testable import Stack

/// Neon as opsh sees it: the sandbox's API over loopback, with real servers behind it.
final class NeonHarness: Sendable {
  struct Sent: Sendable {
    var method: String
    var path: String
    var query: [(String, String)]
    var body: [UInt8]
  }

  let folder: String
  let service: NeonService
  let server: VendorServer
  let damagedAt: Time
  private let log: SentLog
  private let secrets: DeclaredSecrets

  final class SentLog: Sendable {
    let all = Mutex<[Sent]>([])
    /// Answers to give instead of asking the service, first one first.
    let refusals = Mutex<[(path: String, status: Int)]>([])
  }

  final class DeclaredSecrets: Sendable {
    let all = Mutex<[String]>([])
  }

  static let key = "napi_test_key_1234567890"
  static let project = "small-sky-12345678"

  init(operationSeconds: Double = 0.2) async throws {
    let folder = "/tmp/opsh-providers-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    self.folder = folder
    let now = Time.now()
    let damagedAt = Time(microseconds: now.microseconds - 40 * 60_000_000)
    self.damagedAt = damagedAt
    var configuration = NeonConfiguration(apiKey: Self.key, projectID: Self.project, seed: 7)
    configuration.operationSeconds = operationSeconds
    let made = configuration
    let service = try await Sandbox.onThread {
      try NeonService.create(
        stateFolder: folder,
        configuration: made,
        story: DatabaseStory(seed: 7, now: now, damagedAt: damagedAt)
      )
    }
    self.service = service
    let log = SentLog()
    self.log = log
    secrets = DeclaredSecrets()
    server = try await VendorServer.start(.neon, log: RequestLog(path: folder + "/log")) {
      request in
      log.all.withLock {
        $0.append(
          Sent(
            method: request.method,
            path: request.path,
            query: request.query,
            body: request.body
          )
        )
      }
      let refusal = log.refusals.withLock { refusals -> Int? in
        guard let first = refusals.first, request.path.hasSuffix(first.path),
          request.method != "GET"
        else { return nil }
        refusals.removeFirst()
        return first.status
      }
      if let refusal {
        return .whole(
          SandboxResponse(
            status: refusal,
            headers: [("Content-Type", "application/json")],
            body: Array(#"{"code":"","message":"try again"}"#.utf8)
          )
        )
      }
      return .whole(await service.respond(to: request))
    }
  }

  /// Ends servers and removes files.
  func end() async {
    await server.stop()
    let (service, folder) = (service, folder)
    _ = try? await Sandbox.onThread {
      service.dispose()
      try? FileManager.default.removeItem(atPath: folder)
    }
  }

  /// Answers changing requests whose path ends so with a status of one's own, once.
  func refuse(_ path: String, with status: Int) {
    log.refusals.withLock { $0.append((path, status)) }
  }

  var requests: [Sent] { log.all.withLock { $0 } }
  var changes: [Sent] { requests.filter { $0.method != "GET" } }
  var declaredTexts: [String] { secrets.all.withLock { $0 } }

  /// The database as the stack file's `neon(…)` makes it.
  func database(branch: String = "main") throws(Failure) -> any DatabaseService {
    let vendor = Neon.declaration
    var use = VendorUse(vendor: vendor, values: [:], references: [:], place: 0..<0)
    use.values = [
      "project": .text(Self.project), "branch": .text(branch), "name": .text("optiq_prod"),
      "role": .text("optiq_owner"), "url": .text(server.url),
    ]
    use.references = ["key": SecretReference(name: "NEON_API_KEY", file: nil)]
    let secrets = secrets
    let context = ConnectContext(
      folder: folder,
      secret: { Secret(name: $0.name, text: Self.key) },
      declare: { secret in
        secrets.all.withLock { all in secret.withExposedText { all.append($0) } }
      }
    )
    guard case .database(let service) = try vendor.connect(use, context) else {
      throw Failure(.value, "neon is a database")
    }
    return service
  }

  static let target = Plan.Target(
    environment: "production",
    kind: "database",
    identity: "main/optiq_prod"
  )
}

/// Runs calls that block off the pool that the sandbox's servers run on.
func blocking<Value: Sendable>(
  _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await Sandbox.onThread(work)
}

/// Keeps the service that a plan's result stands for.
final class Wrapped: Sendable {
  private let found = Mutex<(any DatabaseService)?>(nil)

  var service: (any DatabaseService)? { found.withLock { $0 } }

  var wrap: @Sendable (any DatabaseService) -> Value {
    { service in
      self.found.withLock { $0 = service }
      return .text(service.name)
    }
  }
}

extension DatabaseService {
  func count(_ table: String, in context: CallContext = .test()) throws(Failure) -> Int64 {
    let stream = try query(.of("select count(*) from \(table)"), in: context)
    defer { stream.cancel() }
    guard case .record(let row)? = try stream.next(), case .int(let count) = row.cells[0] else {
      throw Failure(.value, "no count")
    }
    return count
  }
}
