import Foundation
import HTTP
import Processes
import Testing
import Values

/// Chromium without a window, driven over WebDriver (W3C) on this machine's own addresses.
final class Browser {
  private let driver: ProcessIdentity
  private let base: String
  private let profile: String
  private var session = ""
  private let client = Client()

  struct Refusal: Error {
    let what: String
  }

  /// Starts driver and browser; Debian's packages `chromium` and `chromium-driver`, which
  /// `scripts/setup` installs.
  init() throws {
    profile = NSTemporaryDirectory() + "opsh-browser-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: profile, withIntermediateDirectories: true)
    guard let path = Self.path(of: "chromedriver") else {
      throw Refusal(what: "there is no 'chromedriver' in PATH: run scripts/setup")
    }
    var environment = ProcessInfo.processInfo.environment
    environment["HOME"] = profile
    (driver, base) = try Self.start(
      Invocation(path, ["--port=0"], environment: environment),
      log: profile + "/driver"
    )
    try begin()
  }

  /// Starts the driver.
  ///
  /// It takes a free port for IPv6 and then the same one for IPv4, which somebody else may have:
  /// then another one is tried.
  private static func start(
    _ invocation: Invocation,
    log: String
  ) throws -> (ProcessIdentity, String) {
    var turn = 1
    while true {
      let log = "\(log)-\(turn).log"
      let driver = try ChildProcess.startDetached(invocation, log: log)
      do {
        return (driver, "http://127.0.0.1:\(try port(from: log, of: driver))")
      } catch let refusal as Refusal {
        try? driver.terminate(grace: .seconds(5))
        guard turn < 10, refusal.what.contains("Address already in use") else { throw refusal }
        turn += 1
      }
    }
  }

  deinit {
    _ = try? send(.delete, "/session/\(session)")
    try? driver.terminate(grace: .seconds(5))
    try? FileManager.default.removeItem(atPath: profile)
  }

  private static func path(of program: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
      .map { $0 + "/" + program }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// It says on its output which port it took.
  private static func port(from log: String, of driver: ProcessIdentity) throws -> Int {
    let end = Date(timeIntervalSinceNow: 60)
    while Date() < end, driver.isAlive {
      let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      if let range = text.range(of: "successfully on port "),
        let port = Int(text[range.upperBound...].prefix { $0.isNumber }),
        text[range.upperBound...].contains(".")
      {
        return port
      }
      usleep(20_000)
    }
    let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    throw Refusal(what: "the driver did not start: \(said)")
  }

  private func begin() throws {
    var arguments: [JSON] = [
      "--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
      "--force-device-scale-factor=1", .string("--user-data-dir=" + profile + "/profile"),
    ]
    // Its own sandbox does not work for root.
    if getuid() == 0 { arguments.append("--no-sandbox") }
    let answer = try send(
      .post,
      "/session",
      [
        "capabilities": [
          "alwaysMatch": [
            "browserName": "chrome", "goog:loggingPrefs": ["browser": "ALL"],
            "goog:chromeOptions": ["args": .array(arguments)],
          ]
        ]
      ]
    )
    session = try #require(answer["sessionId"]?.stringValue)
  }

  @discardableResult
  private func send(_ method: HTTP.Method, _ path: String, _ body: JSON? = nil) throws -> JSON {
    var request = Request(method, try HTTP.URL(parsing: base + path))
    if let body {
      request.headers = [Header("content-type", "application/json")]
      request.body = Body(body.text)
    }
    request.deadline = .seconds(60)
    let response = try client.send(request)
    let value = try JSON.parse(response.body)["value"] ?? .null
    guard response.isSuccess else { throw Refusal(what: "\(method) \(path): \(value.text)") }
    return value
  }

  // MARK: - What a person does

  func open(file path: String) throws {
    try send(.post, "/session/\(session)/url", ["url": .string("file://" + path)])
  }

  /// Runs a function's body in the page and gives what it returns.
  func evaluate(_ body: String) throws -> JSON {
    try send(
      .post,
      "/session/\(session)/execute/sync",
      ["script": .string(body), "args": []]
    )
  }

  /// Presses Tab as a keyboard does.
  func pressTab() throws {
    let key = "\u{E004}"
    try send(
      .post,
      "/session/\(session)/actions",
      [
        "actions": [
          [
            "type": "key", "id": "keyboard",
            "actions": [
              ["type": "keyDown", "value": .string(key)], ["type": "keyUp", "value": .string(key)],
            ],
          ]
        ]
      ]
    )
  }

  /// The page as PDF.
  func printed() throws -> [UInt8] {
    let text = try send(.post, "/session/\(session)/print", ["background": true]).stringValue ?? ""
    return Data(base64Encoded: text).map { Array($0) } ?? []
  }

  /// What the console has said since this was asked last.
  func consoleMessages() throws -> [String] {
    try send(.post, "/session/\(session)/se/log", ["type": "browser"]).arrayValue?
      .map { $0["message"]?.stringValue ?? $0.text } ?? []
  }

  func setSize(width: Int64, height: Int64) throws {
    try command(
      "Emulation.setDeviceMetricsOverride",
      [
        "width": .int(width), "height": .int(height), "deviceScaleFactor": 1,
        "mobile": false,
      ]
    )
  }

  func setDark(_ isDark: Bool) throws {
    try command(
      "Emulation.setEmulatedMedia",
      [
        "features": [
          ["name": "prefers-color-scheme", "value": .string(isDark ? "dark" : "light")]
        ]
      ]
    )
  }

  /// The whole page as a picture (PNG).
  func picture() throws -> [UInt8] {
    let answer = try command(
      "Page.captureScreenshot",
      ["format": "png", "captureBeyondViewport": true]
    )
    return Data(base64Encoded: answer["data"]?.stringValue ?? "").map { Array($0) } ?? []
  }

  @discardableResult
  private func command(_ name: String, _ parameters: JSON) throws -> JSON {
    try send(
      .post,
      "/session/\(session)/goog/cdp/execute",
      ["cmd": .string(name), "params": parameters]
    )
  }
}
