import Values

/// What a build printed.
struct BuildLog {
  struct Line {
    var kind: String
    var text: String
    var at: Milliseconds
  }

  let deployment: Deployment
  /// The name of the migration that this build applied.
  let migration: String?
  /// Where in the build the migration ran.
  let migratedAt: Milliseconds?

  /// The lines printed until `now`.
  func lines(until now: Milliseconds) -> [Line] {
    let begin = deployment.buildingAt
    let end = deployment.endedAt ?? begin
    let all = texts()
    return all.enumerated().map { index, entry in
      let share = Int64(index + 1) * (end - begin) / Int64(all.count + 1)
      return Line(kind: entry.kind, text: entry.text, at: entry.at ?? begin + share)
    }
    .filter { $0.at <= now }
    .sorted { $0.at < $1.at }
  }

  private func texts() -> [(kind: String, text: String, at: Milliseconds?)] {
    let sha = deployment.commit.sha.prefix(7)
    var texts: [(String, String, Milliseconds?)] = [
      ("stdout", "Running build in Washington, D.C., USA (East) – iad1", nil),
      (
        "stdout",
        "Cloning github.com/optiq/optiq (Branch: \(deployment.branch), Commit: \(sha))", nil
      ),
      ("command", "npm ci", nil), ("stdout", "added 1284 packages in 14s", nil),
      ("command", "npx prisma migrate deploy", nil),
    ]
    if let migration {
      texts.append(("stdout", "Applying migration `\(migration)`", migratedAt))
    } else {
      texts.append(("stdout", "No pending migrations to apply.", nil))
    }
    texts.append(("command", "cd apps/frontend && npm run build", nil))
    switch deployment.state {
    case .error:
      texts.append(("stderr", "Type error: Property 'spend' does not exist on type 'Row'.", nil))
      texts.append(("stderr", deployment.failure?.message ?? "Build failed", nil))
    case .canceled: texts.append(("stderr", "Build canceled", nil))
    case .queued, .building, .ready:
      texts.append(("stdout", " ✓ Compiled successfully\u{1B}[0m", nil))
      texts.append(("stdout", "Build Completed in /vercel/output", nil))
      texts.append(("stdout", "Deployment completed", nil))
    }
    return texts
  }
}

extension BuildLog.Line {
  /// As an element of `GET /v3/deployments/{idOrUrl}/events`.
  func json(of deployment: Deployment, index: Int) -> JSON {
    let id = JSON.string("\(at)\(100_000 + index)")
    return [
      "type": .string(kind), "created": .int(at),
      "payload": [
        "deploymentId": .string(deployment.id), "text": .string(text), "id": id,
        "date": .int(at), "created": .int(at), "serial": id,
        "info": [
          "type": "build", "name": .string("bld_" + deployment.id.suffix(9).lowercased()),
          "entrypoint": ".",
        ],
      ],
    ]
  }
}
