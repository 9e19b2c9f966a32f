internal import ArgumentParser
internal import Objects
internal import Sinks
internal import Stack
internal import Values

/// `opsh doctor`: what is configured, reachable, allowed; and how to mend it.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "What is configured and reachable, and how to mend what is not."
  )

  @OptionGroup var shared: SharedOptions

  @Flag(
    name: .customLong("setup-control"),
    help: "Make the control database's schema, or bring it up to this version."
  )
  var setsUpControl = false

  func run() throws {
    let session = try shared.session(readsEnvironment: true)
    try session.end { () throws(Failure) in
      var doctor = Doctor(session)
      guard !setsUpControl else { return try doctor.setUpControl() }
      try doctor.examine()
      guard doctor.worst == nil else {
        let count = doctor.count
        throw Failure(
          doctor.worst?.kind ?? .failed,
          count == 1 ? "1 thing needs mending" : "\(count) things need mending"
        )
      }
    }
  }
}

/// Looks at one thing after the other and says how each is.
struct Doctor {
  let session: Session
  var worst: Failure?
  var count = 0

  init(_ session: Session) {
    self.session = session
  }

  mutating func examine() throws(Failure) {
    say("opsh \(Session.version)", isFine: true)
    let (loaded, definition) = try session.definition()
    say("stack file \(loaded.path): \"\(definition.title)\"", isFine: true)
    let chosen = try EnvironmentOption(session)?.environment
    guard loaded.isTrusted else {
      bad(
        Failure(.untrusted, "its content was not trusted; nothing was contacted"),
        "opsh trust"
      )
      return
    }
    say("its content was trusted", isFine: true)
    for secret in definition.secrets {
      let places = session.secrets.places(secret, in: loaded.folder)
      if session.secrets.isSet(secret, in: loaded.folder) {
        say("secret \(secret.name) is set", isFine: true)
      } else {
        bad(
          Failure(.missingSecret, "secret \(secret.name) is not set"),
          "looked in \(places)"
        )
      }
    }
    for name in session.registry.shortNames {
      say(
        "secret \(name) is shorter than 8 bytes: it is masked in known shapes only",
        isFine: false
      )
    }
    for command in definition.reads {
      say(
        "the stack file promises that this only reads: \(command.joined(separator: " "))",
        isFine: true
      )
    }
    let stack = try session.operated()
    for environment in stack.environments where chosen == nil || environment.name == chosen {
      examine(environment, definition)
    }
    if definition.control != nil { examineControl() }
  }

  private mutating func examine(_ environment: OperatedEnvironment, _ definition: StackDefinition) {
    let context = session.callContext
    let name = environment.name
    say("\(name): \(environment.isProtected ? "protected" : "not protected")", isFine: true)
    if let hosting = environment.hosting {
      look("\(name): \(hosting.vendor)") { () throws(Failure) in
        let project = try hosting.project(in: context)
        return project.isPaused ? "answers; the project is paused" : "answers"
      }
    }
    if let errors = environment.errors {
      look("\(name): \(errors.vendor)") { () throws(Failure) in
        let window = TimeWindow(
          start: Time(microseconds: context.now.microseconds - TimeSpan.minutes(5).microseconds),
          end: context.now
        )
        return
          "answers; \(try errors.traffic(window, environment: name, in: context).requests) requests in 5m"
      }
    }
    if let health = environment.health, let url = environment.url {
      look("\(name): \(url)") { () throws(Failure) in
        let report = try health.health(of: url, in: context)
        guard report.httpStatus != nil else {
          throw Failure(.unreachable, report.reason ?? "it does not answer")
        }
        return "health is \(report.status)"
      }
    }
    if let database = environment.database { examine(database, of: name, definition, context) }
  }

  private mutating func examine(
    _ database: any DatabaseService,
    of environment: String,
    _ definition: StackDefinition,
    _ context: CallContext
  ) {
    let expected = definition.environments.first { $0.name == environment }?.identity
    look("\(environment): \(database.label)") { () throws(Failure) in
      let identity = try database.identity(in: context)
      guard let expected else {
        throw Failure(
          .usage,
          "the stack file does not say who it is: nothing can be destroyed there",
          advice: ["add to environment \(environment):  identity: \"\(identity.fingerprint)\""]
        )
      }
      guard expected == identity.fingerprint else {
        throw Failure(
          .refused,
          "the server says it is \(identity.fingerprint), the stack file expects \(expected)"
        )
      }
      return "PostgreSQL \(identity.version), it is who it should be"
    }
    let superuser = (try? database.identity(in: context))?.fields.first { $0.name == "superuser" }
    if case .bool(true)? = superuser?.value {
      say(
        "\(environment): the role is a superuser: no grant holds it back; use a plain role",
        isFine: false
      )
    }
  }

  mutating func look(_ what: String, _ body: () throws(Failure) -> String) {
    do throws(Failure) {
      say("\(what): \(try body())", isFine: true)
    } catch {
      bad(
        Failure(error.kind, "\(what): \(Self.words(of: error, about: what))"),
        error.advice.joined(separator: "\n    ")
      )
    }
  }

  /// A vendor's failure begins with its name, which stands there already.
  static func words(of failure: Failure, about what: String) -> String {
    guard let name = what.split(separator: " ").last,
      failure.message.hasPrefix(name + ": ")
    else { return failure.message }
    return String(failure.message.dropFirst(name.count + 2))
  }

  func say(_ text: String, isFine: Bool) {
    let mark = isFine ? StyledText("ok    ", .green) : StyledText("look  ", .yellow)
    session.output.line(mark + StyledText(text))
  }

  mutating func bad(_ failure: Failure, _ mend: String) {
    count += 1
    if worst == nil { worst = failure }
    session.output.line(StyledText("mend  ", .red) + StyledText(failure.message))
    for line in mend.split(separator: "\n") {
      session.output.line(StyledText("      \(line)"))
    }
  }
}
