private import CChildProcess
private import Glibc

/// An invocation whose program was found and whose texts are sound, ready to be started.
struct Launch {
  struct Descriptors {
    let input: Descriptor
    let output: Descriptor
    let errorOutput: Descriptor
  }

  private let invocation: Invocation
  private let path: String
  private let environment: [String]

  init(_ invocation: Invocation) throws(ProcessError) {
    let environment = invocation.wholeEnvironment()
    try Self.check(invocation, environment)
    self.invocation = invocation
    self.environment = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    path = try ProgramSearch.find(
      invocation.program,
      path: environment["PATH"] ?? "",
      directory: invocation.directory
    )
  }

  /// A NUL would end a text early for the program, so that it acts on something else.
  private static func check(
    _ invocation: Invocation,
    _ environment: [String: String]
  ) throws(ProcessError) {
    let program = invocation.program
    func hasNul(_ text: String) -> Bool { text.utf8.contains(0) }
    guard !hasNul(program) else {
      throw .invalid(
        program: program.replacing("\0", with: "\u{FFFD}"),
        reason: "its name holds a NUL"
      )
    }
    if let index = invocation.arguments.firstIndex(where: hasNul) {
      throw .invalid(program: program, reason: "argument \(index + 1) holds a NUL")
    }
    if let directory = invocation.directory, hasNul(directory) {
      throw .invalid(program: program, reason: "its working directory holds a NUL")
    }
    for (name, value) in environment {
      guard !name.isEmpty, !name.contains("="), !hasNul(name) else {
        throw .invalid(program: program, reason: "'\(name)' is no name of an environment variable")
      }
      guard !hasNul(value) else {
        throw .invalid(program: program, reason: "the environment variable \(name) holds a NUL")
      }
    }
  }

  /// Starts the program; it runs when this returns.
  func start(_ descriptors: Descriptors, startsSession: Bool) throws(ProcessError) -> Int32 {
    let arguments = CTexts([invocation.program] + invocation.arguments)
    let environment = CTexts(environment)
    var failedAt: Int32 = 0
    var number: Int32 = 0
    let groups = invocation.runAs?.groups ?? []
    let pid = unsafe withCTexts(path, invocation.directory) { path, directory in
      unsafe groups.withUnsafeBufferPointer { groups in
        var plan = unsafe cchild_plan(
          program: path,
          arguments: arguments.pointers,
          environment: environment.pointers,
          directory: directory,
          input: descriptors.input.raw,
          output: descriptors.output.raw,
          error: descriptors.errorOutput.raw,
          starts_session: startsSession,
          changes_user: invocation.runAs != nil,
          user: invocation.runAs?.user ?? 0,
          group: invocation.runAs?.group ?? 0,
          groups: groups.baseAddress,
          group_count: groups.count
        )
        return unsafe cchild_start(&plan, &failedAt, &number)
      }
    }
    guard pid > 0 else {
      let reason = systemMessage(number)
      throw .notStarted(program: path, step: step(failedAt), reason: reason)
    }
    return pid
  }

  private func step(_ place: Int32) -> String {
    switch Int(place) {
    case CCHILD_GROUP: "making its process group"
    case CCHILD_DESCRIPTORS: "connecting its input and output"
    case CCHILD_USER: "changing to user \(invocation.runAs?.name ?? "")"
    case CCHILD_DIRECTORY: "changing to \(invocation.directory ?? "")"
    case CCHILD_EXEC: "executing it"
    default: "making a process"
    }
  }
}

private func withCTexts<Result>(
  _ first: String,
  _ second: String?,
  _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>?) -> Result
) -> Result {
  unsafe first.withCString { first in
    guard let second else { return unsafe body(first, nil) }
    return unsafe second.withCString { second in unsafe body(first, second) }
  }
}

/// Texts as `execve` takes them: an array of C strings with a null pointer at its end.
@safe private final class CTexts {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ texts: [String]) {
    count = texts.count
    unsafe pointers = .allocate(capacity: count + 1)
    for (index, text) in texts.enumerated() {
      unsafe (pointers + index).initialize(to: strdup(text))
    }
    unsafe (pointers + count).initialize(to: nil)
  }

  deinit {
    for index in 0..<count { unsafe free(pointers[index]) }
    unsafe pointers.deallocate()
  }
}
