private import Glibc
package import Values

/// The right to change one environment from this machine; it dies with its process.
package final class EnvironmentLock: Sendable {
  /// Who holds a lock, as the holder wrote it.
  package struct Holder: Hashable, Sendable {
    package var who: String
    package var run: String
    package var step: String?
    package var since: Time
    /// The machine, where that is not this one by itself.
    package var host: String?
    /// Why it was taken from somebody else, if it was.
    package var reason: String?

    package init(
      who: String,
      run: String,
      step: String?,
      since: Time,
      host: String? = nil,
      reason: String? = nil
    ) {
      self.who = who
      self.run = run
      self.step = step
      self.since = since
      self.host = host
      self.reason = reason
    }

    package var json: JSON {
      [
        "host": host.map { .string($0) } ?? .null, "who": .string(who), "run": .string(run),
        "step": step.map { .string($0) } ?? .null,
        "since": .string(since.text),
      ]
    }

    init?(_ json: JSON) {
      guard let who = json["who"]?.stringValue, let run = json["run"]?.stringValue,
        let since = (json["since"]?.stringValue).flatMap({ Time($0) })
      else { return nil }
      self.init(
        who: who,
        run: run,
        step: json["step"]?.stringValue,
        since: since,
        host: json["host"]?.stringValue
      )
    }
  }

  package enum Acquired: Sendable {
    case lock(EnvironmentLock)
    /// Somebody else has it; who, where the file says so.
    case held(Holder?)
  }

  package let environment: String
  private let path: String
  private let descriptor: Int32

  private init(environment: String, path: String, descriptor: Int32) {
    self.environment = environment
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Takes the lock file of an environment in a folder, without waiting.
  package static func acquire(
    _ environment: String,
    in folder: String,
    as holder: Holder
  ) throws(JournalError) -> Acquired {
    try Folder.create(folder)
    let path = folder + "/" + fileName(environment)
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system(action: "opened", path: path, code: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      guard code == EWOULDBLOCK else { throw .system(action: "locked", path: path, code: code) }
      let bytes = try Folder.read(path) ?? []
      return .held((try? JSON.parse(bytes)).flatMap(Holder.init))
    }
    let lock = EnvironmentLock(environment: environment, path: path, descriptor: descriptor)
    lock.describe(holder)
    return .lock(lock)
  }

  /// Says who holds the lock and where they are; losing that text loses nothing but the text.
  package func describe(_ holder: Holder) {
    let bytes = holder.json.bytes(isCanonical: false)
    _ = ftruncate(descriptor, 0)
    _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  /// Gives the lock back; the file stays, since removing it would let two processes hold two files.
  package func release() {
    _ = ftruncate(descriptor, 0)
    _ = flock(descriptor, LOCK_UN)
  }

  private static func fileName(_ environment: String) -> String {
    let safe = environment.utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"):
        String(Unicode.Scalar(byte))
      default: "%" + String(byte, radix: 16)
      }
    }
    return safe.joined() + ".lock"
  }
}
