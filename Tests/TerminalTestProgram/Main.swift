import Glibc
import Sinks
import Terminal
import Values

/// What the terminal's tests run on a pseudo-terminal; the first argument says what.
@main struct Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    switch arguments.count > 1 ? arguments[1] : "" {
    case "edit": try edit(history: arguments[2])
    case "ask": try ask(timeout: arguments.count > 2 ? Int64(arguments[2]) : nil)
    case "secret": try askSecret()
    case "raw-secret": try askSecret(watches: false)
    case "progress": showProgress()
    case "facts": printFacts()
    default: exit(2)
    }
  }

  static var environment: [String: String] {
    var environment: [String: String] = [:]
    for name in ["TERM", "NO_COLOR"] {
      if let value = unsafe getenv(name) { environment[name] = unsafe String(cString: value) }
    }
    return environment
  }

  static let registry = {
    let registry = SecretRegistry()
    registry.add(Secret(name: "TOKEN", text: "s3cr3t-s3cr3t"))
    return registry
  }()

  static func edit(history path: String) throws {
    let editor = try LineEditor(
      input: 0,
      output: 1,
      history: HistoryStore(path: path, registry: registry),
      environment: environment,
      usesColor: Screen.usesColor(isTerminal: true, isTurnedOff: false, environment: environment),
      registry: registry
    )
    let remote = editor.remote
    let watch = try SignalWatch { event in
      switch event {
      case .interrupt: remote.interrupt()
      case .resize: remote.resize()
      case .terminate, .hangUp: exit(143)
      }
    }
    var prompt = StyledText("op", .yellow)
    prompt.append("sh", .bold)
    prompt.append("> ")
    while true {
      switch editor.readLine(prompt: prompt, isIncomplete: isIncomplete, complete: candidates) {
      case .line(let text): print("line: \(JSON.string(text).text)")
      case .interrupted: print("interrupted")
      case .endOfFile:
        print("end")
        withExtendedLifetime(watch) {}
        return
      }
    }
  }

  static func isIncomplete(_ text: String) -> Bool {
    text.count { $0 == "{" } > text.count { $0 == "}" }
  }

  static func candidates(_ text: String, _ cursor: Int) -> [LineEditor.Candidate] {
    let all = [
      LineEditor.Candidate("deployments", "what was built"),
      LineEditor.Candidate("database", "where the data is"),
      LineEditor.Candidate("production", "what people use"),
      LineEditor.Candidate("preview_one"), LineEditor.Candidate("preview_two"),
    ]
    let before = String(decoding: Array(text.utf8)[..<cursor], as: UTF8.self)
    let word = before.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
    return all.filter { $0.text.hasPrefix(word) }
  }

  static func ask(timeout: Int64?) throws {
    let cancellation = Cancellation()
    let watch = try SignalWatch { event in if event == .interrupt { cancellation.cancel() } }
    let person = TerminalPerson(usesColor: false, registry: registry)
    guard person.hasTerminal else {
      print("nobody")
      return
    }
    let answer = try person.ask(
      "type production: ",
      after: ["this deletes s3cr3t-s3cr3t", StyledText("esc \u{1B}[2J")],
      timeout: timeout.map { .milliseconds($0) },
      cancelOn: cancellation.descriptor
    )
    print("outcome: \(answer.text ?? "") \(answer.reason?.rawValue ?? "answered")")
    withExtendedLifetime(watch) {}
  }

  static func askSecret(watches: Bool = true) throws {
    let watch = watches ? try SignalWatch { _ in } : nil
    let person = TerminalPerson(usesColor: false, registry: registry)
    let (secret, answer) = try person.askUnseen("password: ", named: "PASSWORD")
    let text = secret?.withExposedText { "\($0.utf8.count) bytes" } ?? "none"
    print("secret: \(text) \(answer.reason?.rawValue ?? "answered")")
    withExtendedLifetime(watch) {}
  }

  static func showProgress() {
    let line = ProgressLine(
      on: 2,
      environment: environment,
      usesColor: false,
      registry: registry
    )
    line.show("copying s3cr3t-s3cr3t " + String(repeating: "x", count: 200))
    line.hide()
    print("done")
  }

  static func printFacts() {
    let size = Screen.size(of: 1)
    let usesColor = Screen.usesColor(
      isTerminal: Screen.isTerminal(1),
      isTurnedOff: false,
      environment: environment
    )
    print("\(size?.columns ?? 0)x\(size?.rows ?? 0) color: \(usesColor)")
  }
}
