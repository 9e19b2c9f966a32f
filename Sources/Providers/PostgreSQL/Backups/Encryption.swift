internal import Backups
internal import Processes
internal import Values

/// Programs whose output goes into a file, through age where a recipient is named: what is not
/// encrypted never touches the disk then.
enum Encryption {
  /// The parts of the work, which belong to one crew.
  static func parts(
    _ writer: ProgramRun,
    to path: String,
    recipient: String?,
    password: Secret?,
    onStart: @escaping @Sendable (ProcessIdentity, String) -> Void,
    onLine: @escaping @Sendable (String) -> Void
  ) throws(Failure) -> [Crew.Part] {
    var run = ProgramRun(
      writer.path,
      writer.arguments + (recipient == nil ? ["--file=\(path)"] : []),
      for: writer.purpose
    )
    run.password = password
    guard let recipient else { return [run.part(onStart: onStart, onLine: onLine)] }
    var age = ProgramRun(
      "age",
      ["--encrypt", "--recipient=\(recipient)", "--output=\(path)"],
      for: "encrypting the backup"
    )
    let pipe = try connect()
    run.outputDescriptor = pipe.write
    age.inputDescriptor = pipe.read
    return [run.part(onStart: onStart, onLine: onLine), part(of: age, onStart)]
  }

  /// The parts that decrypt a file for a program that reads it on standard input.
  static func decryptingParts(
    _ path: String,
    identity: Secret,
    for reader: ProgramRun,
    onStart: @escaping @Sendable (ProcessIdentity, String) -> Void,
    onLine: @escaping @Sendable (String) -> Void
  ) throws(Failure) -> [Crew.Part] {
    var age = ProgramRun(
      "age",
      ["--decrypt", "--identity=-", path],
      for: "decrypting the backup"
    )
    age.input = identity.withExposedText { Array($0.utf8) } + [0x0A]
    var run = reader
    let pipe = try connect()
    age.outputDescriptor = pipe.write
    run.inputDescriptor = pipe.read
    return [part(of: age, onStart), run.part(onStart: onStart, onLine: onLine)]
  }

  /// Where there is no age, it says how to get it.
  private static func part(
    of age: ProgramRun,
    _ onStart: @escaping @Sendable (ProcessIdentity, String) -> Void
  ) -> Crew.Part {
    let part: Crew.Part = { (stop: Cancellation) throws(Failure) in
      do throws(Failure) {
        _ = try age.run(stop: stop, onStart: { onStart($0, age.name) })
      } catch {
        var failure = error
        if failure.message.contains("no program 'age'") {
          failure.advice.append("install it: apt-get install age")
        }
        throw failure
      }
    }
    return part
  }

  private static func connect() throws(Failure) -> (read: Int32, write: Int32) {
    do throws(ProcessError) {
      return try ChildProcess.connect()
    } catch {
      throw Failure(.failed, error.message)
    }
  }
}
