import Objects
import Values

/// A kind declared in one file: everything that reads declarations must find it.
struct Lamp: Sendable {
  var name: String
  var isLit: Bool

  func value(in environment: String? = "production") -> ObjectValue {
    ObjectValue(.lamp, identity: name, environment: environment, payload: self)
  }
}

extension ObjectKind {
  static let lamp = ObjectKind(
    "lamp",
    summary: "a lamp that tests switch",
    members: [
      .field("name", .text, "what it is called", column: true) { (it: Lamp) in .text(it.name) },
      .field("lit", .bool, "says whether it is on", column: true) { (it: Lamp) in
        .bool(it.isLit)
      },
      .field("maker", .optional(.text), "who made it") { (_: Lamp) in .nothing },
      .read(
        "brightness",
        .number,
        "how bright it is",
        parameters: [Parameter("at", .time, "when", isRequired: false)]
      ) { (it: Lamp, arguments, context) throws(Failure) in
        let time = try arguments.time("at") ?? context.now
        return .number(it.isLit ? Double(time.microseconds) : 0)
      },
      .read(
        "colour",
        .text,
        "its colour",
        restriction: .init(environments: ["production"], advice: "look at it")
      ) { (_: Lamp, _, _) throws(Failure) in .text("red") },
      .action(
        "switch",
        gives: .bool,
        "turns it on or off",
        effect: .change,
        restriction: .init(environments: ["production"], advice: "use the switch on the wall")
      ) { (it: Lamp, arguments, _) throws(Failure) in
        Plan(
          target: .init(environment: "production", kind: "lamp", identity: it.name),
          member: "lamp.switch",
          arguments: arguments.values,
          effect: .change,
          effectClass: .opaque,
          summary: "switch \(it.name)",
          body: .effect { _ throws(Failure) in .bool(!it.isLit) }
        )
      },
    ],
    later: ["dim"]
  )
}

extension CallContext {
  static let test = CallContext(cancellation: Cancellation(), now: Time(microseconds: 42))
}
