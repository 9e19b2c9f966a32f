import Foundation
import Objects
import Stack
import Testing
import Values

/// What the providers send, against the vendors' own documents.
extension OneAtATime {
  @Suite(.timeLimit(.minutes(6))) struct ContractTests {
    /// Calls, and parameters of calls, that only the vendors' own programs make; where each is known
    /// from stands at its sender.
    private static let undocumented: Set<String> = [
      "PATCH /v1/projects/optiq/crons", "POST /v1/projects/optiq/crons/run",
      "GET /v6/deployments ?meta-opsh", "GET /api/logs/request-logs ?slug",
    ]

    /// The folder with the vendors' documents, which are not part of this project.
    private static let folder = ProcessInfo.processInfo.environment["OPSH_CONTRACTS"]

    @Test(
      .enabled(
        if: folder.map { FileManager.default.fileExists(atPath: $0) } ?? false,
        "set OPSH_CONTRACTS to a folder with vercel.json, sentry.json and their supplements"
      )
    )
    func `every request is one that its vendor documents`() async throws {
      let folder = try #require(Self.folder)
      let connected = try await Connected.to("bad-deploy", seed: 51)
      try await everything(connected)
      var operations: [Operation] = []
      for name in [
        "vercel", "vercel.supplement", "vercel-request-logs.supplement", "sentry",
      ] {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).json"))
        let json = try JSON.parse(Array(data))
        operations += Operation.all(
          in: json,
          vendor: String(name.prefix { $0 != "." && $0 != "-" })
        )
      }
      let requests = try connected.optiq.requests().filter { $0.vendor != "app" }
      #expect(requests.count > 25)
      for request in requests {
        let line = "\(request.method) \(request.path)"
        if Self.undocumented.contains(line) { continue }
        let fitting = operations.filter { $0.fits(request) }
        #expect(!fitting.isEmpty, "no document has \(line)")
        guard let operation = fitting.first else { continue }
        for name in request.queryNames where !Self.undocumented.contains("\(line) ?\(name)") {
          #expect(operation.query.contains(name), "\(line) has no parameter \(name)")
        }
        #expect(operation.requiredQuery.isSubset(of: request.queryNames), "\(line)")
        #expect(operation.accepts(request.body), "\(line) \(request.body)")
      }
      await connected.optiq.stop()
    }

    private func everything(_ connected: Connected) async throws {
      let production = try connected.production
      let optiq = connected.optiq
      let actions = try await ActionPlans.all(of: connected)
      try await onOwnThread {
        let hosting = try production.needHosting()
        let errors = try production.needErrors()
        let context = CallContext.loopback()
        _ = try hosting.deployments(DeploymentQuery(), in: context).all()
        _ = try hosting.rolledBackFrom(in: context)
        _ = try hosting.buildLog(of: optiq.live, in: context)
        _ = try hosting.logs(
          LogQuery(since: context.last(.minutes(5)).start, until: context.now),
          in: context
        ).first(60)
        let live = try hosting.followLogs(of: optiq.live, in: context)
        _ = try live.next()
        live.cancel()
        _ = try errors.issues(context.last(.hours(1)), environment: "production", in: context)
        _ = try errors.traffic(context.last(.hours(1)), environment: "production", in: context)
        _ = try production.troubleSince(in: context)
        _ = try errors.releases(in: context)
        for plan in actions { try plan.act(context) }
        _ = try actions.first { $0.member == "deployment.redeploy" }?.look(context)
      }
    }
  }
}

/// One operation of a vendor's document.
private struct Operation {
  var vendor: String
  var method: String
  var path: [String]
  var query: Set<String>
  var requiredQuery: Set<String>
  /// Each schema that the body may have: what must be in it, and what may; nothing for anything.
  var bodies: [(required: Set<String>, allowed: Set<String>?)]

  static func all(in document: JSON, vendor: String) -> [Operation] {
    (document["paths"]?.objectValue ?? []).flatMap { path in
      (path.value.objectValue ?? []).compactMap { method -> Operation? in
        guard ["get", "post", "put", "patch", "delete"].contains(method.name) else { return nil }
        let shared = path.value["parameters"]?.arrayValue ?? []
        let parameters = (shared + (method.value["parameters"]?.arrayValue ?? []))
          .map { resolve($0, in: document) }
          .filter { $0["in"]?.stringValue == "query" }
        let schema = method.value["requestBody"]?["content"]?["application/json"]?["schema"]
        return Operation(
          vendor: vendor,
          method: method.name.uppercased(),
          path: parts(path.name),
          query: Set(parameters.compactMap { $0["name"]?.stringValue }),
          requiredQuery: Set(
            parameters.filter { $0["required"]?.boolValue == true }
              .compactMap { $0["name"]?.stringValue }
          ),
          bodies: schema.map { bodies(resolve($0, in: document), in: document) } ?? []
        )
      }
    }
  }

  private static func resolve(_ json: JSON, in document: JSON) -> JSON {
    guard let reference = json["$ref"]?.stringValue else { return json }
    return reference.split(separator: "/").dropFirst().reduce(document) { json, part in
      json[String(part)] ?? .null
    }
  }

  private static func bodies(_ schema: JSON, in document: JSON) -> [(Set<String>, Set<String>?)] {
    if let choices = (schema["oneOf"] ?? schema["anyOf"])?.arrayValue, schema["properties"] == nil {
      return choices.flatMap { bodies(resolve($0, in: document), in: document) }
    }
    let properties = schema["properties"]?.objectValue.map { Set($0.map(\.name)) }
    return [
      (Set(schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []), properties)
    ]
  }

  private static func parts(_ path: String) -> [String] {
    path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
  }

  func fits(_ request: LoopbackOptiq.LoggedRequest) -> Bool {
    let sent = Self.parts(request.path)
    return request.vendor == vendor && request.method == method && sent.count == path.count
      && zip(path, sent).allSatisfy { part, sent in
        part.hasPrefix("{") ? !sent.isEmpty : part == sent
      }
  }

  func accepts(_ text: String) -> Bool {
    guard !text.isEmpty else { return bodies.allSatisfy { $0.required.isEmpty } }
    guard let members = (try? JSON.parse(text))?.objectValue else { return false }
    let names = Set(members.map(\.name))
    guard !bodies.isEmpty else { return names.isEmpty }
    return bodies.contains { body in
      body.required.isSubset(of: names) && (body.allowed.map { names.isSubset(of: $0) } ?? true)
    }
  }
}

extension LoopbackOptiq.LoggedRequest {
  fileprivate var queryNames: Set<String> {
    guard let start = target.firstIndex(of: "?") else { return [] }
    return Set(
      target[target.index(after: start)...].split(separator: "&").map {
        String($0.prefix { $0 != "=" })
      }
    )
  }
}
