import Synchronization
import Values

/// One kind of error, counted over a time.
struct SentryIssue: Sendable {
  let template: IssueTemplate
  let id: String
  let shortID: String
  var status: String
  /// Over all time.
  var firstSeen: Milliseconds
  var lastSeen: Milliseconds
  var firstDeployment: String
  var lastDeployment: String
  var lifetimeCount: Int64
  /// In the time and release that were asked about.
  var count: Int64

  var title: String { "\(template.type): \(template.value)" }

  static func id(_ template: Int, seed: UInt64) -> String {
    var random = SplitMix64(seed: seed, topic: "issue \(template)")
    return String(random.number(in: 5_100_000_000...6_900_000_000))
  }

  func json(project: JSON, organization: String, firstRelease: String, lastRelease: String) -> JSON
  {
    [
      "id": .string(id), "shareId": nil, "shortId": .string(shortID), "title": .string(title),
      "culprit": .string(template.culprit),
      "permalink": .string("https://\(organization).sentry.io/issues/\(id)/"), "logger": nil,
      "level": "error", "status": .string(status), "statusDetails": [:],
      "substatus": .string(status == "unresolved" ? "ongoing" : "archived_forever"),
      "isPublic": false, "platform": "javascript",
      "priority": .string(template.cause == .background ? "low" : "high"),
      "priorityLockedAt": nil, "seerFixabilityScore": nil, "seerAutofixLastTriggered": nil,
      "seerExplorerAutofixLastTriggered": nil, "project": project, "type": "error",
      "issueType": "error", "issueCategory": "error",
      "metadata": [
        "type": .string(template.type), "value": .string(template.value),
        "filename": .string(template.file), "function": .string(template.function),
      ],
      "numComments": 0, "assignedTo": nil, "isBookmarked": false, "isSubscribed": false,
      "subscriptionDetails": nil, "hasSeen": false, "annotations": [],
      "isUnhandled": .bool(template.cause != .background), "count": .string(String(count)),
      "userCount": .int(count * 2 / 5 + (count > 0 ? 1 : 0)),
      "firstSeen": .string(Time(milliseconds: firstSeen).text),
      "lastSeen": .string(Time(milliseconds: lastSeen).text), "stats": [:],
      "lifetime": [
        "count": .string(String(lifetimeCount)),
        "firstSeen": .string(Time(milliseconds: firstSeen).text),
        "lastSeen": .string(Time(milliseconds: lastSeen).text),
      ],
      "filtered": nil, "firstRelease": ["version": .string(firstRelease)],
      "lastRelease": ["version": .string(lastRelease)],
    ]
  }
}

extension SentryService {
  var projectJSON: JSON {
    [
      "id": .string(names.sentryProjectID), "name": .string(Names.sentryProject),
      "slug": .string(Names.sentryProject), "platform": "javascript-nextjs",
    ]
  }

  func json(_ issue: SentryIssue) -> JSON {
    issue.json(
      project: projectJSON,
      organization: Names.organization,
      firstRelease: release(of: issue.firstDeployment),
      lastRelease: release(of: issue.lastDeployment)
    )
  }

  /// Every kind of error that ever occurred, counted over a window and a release.
  func issues(in window: TimeWindow, release: String? = nil) -> [SentryIssue] {
    var counts: [Int: Int64] = [:]
    var fits: [String: Bool] = [:]
    for slice in optiq.slices(from: window.from, until: window.until) {
      let isWanted =
        fits[slice.deployment] ?? release.map { $0 == self.release(of: slice.deployment) } ?? true
      fits[slice.deployment] = isWanted
      guard isWanted else { continue }
      for fact in slice.errors(seed: optiq.world.seed) {
        counts[fact.template, default: 0] += fact.count
      }
    }
    return optiq.errors.sorted { $0.key < $1.key }.map { template, entry in
      issue(template, entry, count: counts[template] ?? 0)
    }
  }

  private func issue(_ place: Int, _ entry: ErrorTally.Entry, count: Int64) -> SentryIssue {
    let template = IssueTemplate.all[place]
    let id = SentryIssue.id(place, seed: optiq.world.seed)
    var random = SplitMix64(seed: optiq.world.seed, topic: id)
    // What is always there was there before anybody can look back.
    let age = template.cause == .background ? random.number(in: 20...200) * 86_400_000 : 0
    let standard = template.cause == .earlierCode ? "resolved" : "unresolved"
    return SentryIssue(
      template: template,
      id: id,
      shortID: "WEB-" + random.text(3, from: .hexadecimal).uppercased(),
      status: changes.withLock { $0.statuses[id] } ?? standard,
      firstSeen: entry.first.at - age,
      lastSeen: entry.last.at,
      firstDeployment: entry.first.deployment,
      lastDeployment: entry.last.deployment,
      lifetimeCount: entry.count,
      count: count
    )
  }
}
