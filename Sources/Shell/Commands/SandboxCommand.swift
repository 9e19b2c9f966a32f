internal import ArgumentParser
internal import Glibc
internal import Values

/// `opsh sandbox …`: hands over to `opsh-sandbox`, which lies beside this program.
struct SandboxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "A whole small product on this machine, to break and mend."
  )

  @Argument(
    parsing: .captureForPassthrough,
    help: "up [--scenario NAME] [--seed N] | status | fault VENDOR KIND | down"
  )
  var words: [String] = []

  func run() throws {
    let session = Session(SessionOptions())
    try session.end { () throws(Failure) in
      let path = try Self.program()
      var arguments = unsafe ([path] + words).map { unsafe strdup($0) } + [nil]
      unsafe execv(path, &arguments)
      let reason = unsafe String(cString: strerror(errno))
      throw Failure(.usage, "\(path) can not be started: \(reason.lowercased())")
    }
  }

  private static func program() throws(Failure) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = unsafe buffer.withUnsafeMutableBufferPointer { bytes in
      unsafe bytes.baseAddress.map {
        unsafe readlink("/proc/self/exe", $0, bytes.count)
      } ?? 0
    }
    guard count > 0 else { throw Failure(.usage, "this program's own path is not known") }
    let own = String(
      decoding: buffer[..<count].map { UInt8(bitPattern: $0) },
      as: UTF8.self
    )
    let path = Paths.parent(of: own) + "/opsh-sandbox"
    guard TextFile.exists(path) else {
      throw Failure(
        .usage,
        "opsh-sandbox does not lie beside this program",
        advice: ["looked for \(path)"]
      )
    }
    return path
  }
}
