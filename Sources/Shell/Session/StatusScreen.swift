internal import Sinks
internal import Stack
internal import Values

/// The one screen, as lines.
struct StatusScreen {
  let registry: SecretRegistry

  func lines(_ report: StatusReport) -> [StyledText] {
    var lines = report.environments.flatMap { self.lines($0, now: report.taken) }
    if !report.contacts.isEmpty {
      let contacts = report.contacts.map { contact in
        "\(contact.name) (\(contact.channel ?? contact.via)"
          + (contact.after.microseconds == 0 ? ")" : ", after \(contact.after.roundedText))")
      }
      lines.append(StyledText("contacts  ", .faint) + StyledText(contacts.joined(separator: ", ")))
    }
    return lines
  }

  private func lines(_ status: EnvironmentStatus, now: Time) -> [StyledText] {
    var lines: [StyledText] = []
    var head = StyledText(status.name, .bold) + StyledText("  ")
    head.append(status.word.uppercased(), Self.style(of: status.word))
    if let since = status.troubleSince {
      let age = TimeSpan(microseconds: now.microseconds - since.microseconds)
      head.append("  since \(since.text) (\(age.roundedText))")
    }
    lines.append(head)
    if let health = status.health {
      let reason = health.reason.map { ": \($0)" } ?? ""
      lines.append(Self.row("health", health.status + reason))
    }
    if let traffic = status.traffic { lines.append(Self.row("traffic", Self.text(of: traffic))) }
    if let issue = status.topIssue, status.troubleSince != nil {
      lines.append(Self.row("errors", "\(issue.count)× \(beginning(of: issue.title, 100))"))
    }
    if let live = status.live { lines.append(Self.row("live", text(of: live, now: now))) }
    if let culprit = status.culprit {
      let word = culprit.id == status.live?.id ? "the live one" : text(of: culprit, now: now)
      lines.append(Self.row("culprit", word))
    } else if status.troubleSince != nil {
      let words =
        status.blameIsUpTo.map { "not known without \($0)" }
        ?? "no deployment fits the beginning of the errors"
      lines.append(Self.row("culprit", words))
    }
    if let migration = status.failedMigration ?? status.newestMigration {
      let when = migration.started.map { " at \($0.text)" } ?? ""
      let loss = migration.isDestructive == false ? "" : ", destructive"
      lines.append(
        Self.row("migration", "\(migration.name) \(migration.state.rawValue)\(when)\(loss)")
      )
    }
    // What somebody switched off in a hurry is found here, also where all is well again.
    if status.cronsEnabled == false {
      lines.append(
        Self.row("jobs", "off; on again with: do \(status.name).jobs.resume()", .yellow)
      )
    }
    if status.areWritesStopped == true {
      let words = "stopped; allowed again with: do \(status.name).database.allow_writes()"
      lines.append(Self.row("writes", words, .yellow))
    }
    for missing in status.missing {
      lines.append(Self.row("no answer", "\(missing.source): \(missing.reason)", .yellow))
    }
    for (index, next) in status.next.enumerated() {
      lines.append(Self.row(index == 0 ? "next" : "", next, .cyan))
    }
    return lines + [""]
  }

  /// What is cut is redacted first: half a secret is not known for one.
  private func beginning(of text: String, _ length: Int) -> String {
    String(Redactor.redact(text, registry: registry).prefix(length))
  }

  private static func row(_ name: String, _ text: String, _ style: Style = .plain) -> StyledText {
    let padding = String(repeating: " ", count: max(1, 10 - name.count))
    return StyledText("  \(name)\(padding)", .faint) + StyledText(text, style)
  }

  private static func style(of word: String) -> Style {
    switch word {
    case "ok": .green
    case "down": .red
    default: .yellow
    }
  }

  private static func text(of traffic: Traffic) -> String {
    guard let rate = traffic.failureRate else { return "no requests in the last 5m" }
    let percent = Value.percent(rate * 100).text
    let p95 = traffic.p95.map { ", p95 \($0.roundedText)" } ?? ""
    return "\(percent) of \(traffic.requests) requests failed in the last 5m\(p95)"
  }

  private func text(of deployment: Deployment, now: Time) -> String {
    let age = TimeSpan(microseconds: now.microseconds - deployment.created.microseconds)
    let words = [
      deployment.id, deployment.commit.map { String($0.prefix(7)) }, deployment.author,
      deployment.message.map { beginning(of: $0, 60) },
    ]
    return words.compactMap(\.self).joined(separator: "  ") + "  (\(age.roundedText) ago)"
  }
}
