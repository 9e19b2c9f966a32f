import Objects
import Stack
import Testing
import Values

@Suite struct KindTests {
  private static let vocabulary = Vocabulary(ObjectKind.all)

  @Test(arguments: ObjectKind.all)
  func `every kind documents its members`(kind: ObjectKind) {
    #expect(!kind.summary.isEmpty)
    #expect(Set(kind.members.map(\.name)).count == kind.members.count)
    #expect(!kind.members.isEmpty)
    for member in kind.members {
      #expect(!member.summary.isEmpty, "\(kind.name).\(member.name)")
      #expect(isWord(member.name), "\(kind.name).\(member.name)")
      #expect(!member.summary.hasSuffix("."), "\(kind.name).\(member.name)")
      #expect(Set(member.parameters.map(\.name)).count == member.parameters.count)
      for parameter in member.parameters {
        #expect(!parameter.summary.isEmpty, "\(kind.name).\(member.name)(\(parameter.name):)")
        #expect(isWord(parameter.name))
        expectKnown(parameter.type, of: "\(kind.name).\(member.name)(\(parameter.name):)")
      }
      expectKnown(member.type, of: "\(kind.name).\(member.name)")
      #expect(!kind.later.contains(member.name), "\(kind.name).\(member.name) is here already")
      if case .field = member.implementation { #expect(member.cost == .held) }
      if member.isAction {
        #expect(member.effect > .read, "\(kind.name).\(member.name)")
      } else {
        #expect(member.effect == .read, "\(kind.name).\(member.name)")
      }
      if let restriction = member.restriction {
        #expect(!restriction.advice.isEmpty && !restriction.environments.isEmpty)
      }
    }
  }

  @Test func `the kinds have different names, none of which comes later`() {
    #expect(Set(ObjectKind.all.map(\.name)).count == ObjectKind.all.count)
    #expect(ObjectKind.all.allSatisfy { isWord($0.name) })
    #expect(ObjectKind.laterKinds.isDisjoint(with: ObjectKind.all.map(\.name)))
  }

  @Test func `every kind that a table shows has columns`() {
    for kind in ObjectKind.all where kind.elements == nil {
      #expect(!kind.columns.isEmpty, "\(kind.name)")
    }
  }

  private func isWord(_ name: String) -> Bool {
    guard let first = name.utf8.first, (97...122).contains(first) else { return false }
    return name.utf8.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_")
    }
  }

  private func expectKnown(_ type: ValueType, of place: String) {
    switch type {
    case .object(let name): #expect(Self.vocabulary.kind(name) != nil, "\(place): \(name)")
    case .list(let element): expectKnown(element, of: place)
    case .optional(let wrapped): expectKnown(wrapped, of: place)
    case .fields(let fields):
      #expect(Set(fields.map(\.name)).count == fields.count)
      for field in fields {
        #expect(isWord(field.name), "\(place): \(field.name)")
        expectKnown(field.type, of: place)
      }
    case .oneOf(let texts):
      #expect(!texts.isEmpty && texts.allSatisfy { !$0.isEmpty }, "\(place)")
      #expect(Set(texts).count == texts.count, "\(place)")
    default: break
    }
  }
}

@Suite struct LogWindowTests {
  private let now = Time(microseconds: 1_795_402_800_000_000)
  private var context: CallContext { CallContext(cancellation: Cancellation(), now: now) }

  private func time(hoursAgo hours: Int64) -> Time {
    Time(microseconds: now.microseconds - hours * 3_600_000_000)
  }

  private func window(_ arguments: [(name: String, value: Value)]) throws -> TimeWindow {
    try LogWindow.window(Arguments(arguments), usual: .hours(1), in: context)
  }

  @Test func `it is the usual time up to now, or what was asked for`() throws {
    #expect(try window([]) == TimeWindow(start: time(hoursAgo: 1), end: now))
    #expect(try window([("last", .duration(.hours(3)))]).start == time(hoursAgo: 3))
    for name in ["since", "from"] {
      let found = try window([(name, .time(time(hoursAgo: 5))), ("to", .time(time(hoursAgo: 2)))])
      #expect(found == TimeWindow(start: time(hoursAgo: 5), end: time(hoursAgo: 2)))
    }
    let before = try window([("last", .duration(.hours(1))), ("to", .time(time(hoursAgo: 2)))])
    #expect(before == TimeWindow(start: time(hoursAgo: 3), end: time(hoursAgo: 2)))
  }

  @Test func `one that is empty or given twice is refused`() {
    #expect(throws: Failure(.value, "give one of 'last', 'since' and 'from', not several")) {
      try window([("last", .duration(.hours(1))), ("since", .time(time(hoursAgo: 1)))])
    }
    #expect(throws: Failure(.value, "the window from \(now.text) to \(now.text) is empty")) {
      try window([("since", .time(now))])
    }
    #expect(throws: Failure.self) { try window([("last", .duration(.seconds(-5)))]) }
    #expect(throws: Failure.self) {
      try window([("to", .time(time(hoursAgo: 2))), ("since", .time(now))])
    }
  }

  @Test func `a log is asked for by path and level`() throws {
    let query = try LogWindow.query(
      Arguments([("path", .text("/a")), ("level", .text("error"))]),
      in: context
    )
    #expect(query.path == "/a")
    #expect(query.level == "error")
    #expect(query.until == now)
  }
}
