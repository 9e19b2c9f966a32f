/// A program to run: what, with which arguments and surroundings, and for how long.
///
/// There is no shell in between: each argument reaches the program as it is.
package struct Invocation: Sendable {
  /// A name that is looked up in PATH, or a path.
  package var program: String
  package var arguments: [String]
  /// Added to what is inherited (``InheritedEnvironment``), which is little.
  package var environment: [String: String]
  /// What the program reads; nil means /dev/null.
  package var input: [UInt8]?
  /// An open descriptor to read from instead of `input`, such as an end of
  /// ``ChildProcess/connect()``; a run takes it over and closes it.
  package var inputDescriptor: Int32?
  /// An open descriptor to write to instead of the output that is kept; a run takes it over, too.
  package var outputDescriptor: Int32?
  /// Nil keeps the caller's.
  package var directory: String?
  /// Nil for no limit.
  package var timeout: Duration?
  /// How long the program may take to end once it was told to; then it is killed.
  package var grace: Duration
  /// The most bytes that are kept of each of output and error output; the rest is read and dropped.
  package var outputLimit: Int
  /// The user that the program runs as, which needs root; nil keeps the caller's.
  package var runAs: UserIdentity?

  package init(
    _ program: String,
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    input: [UInt8]? = nil,
    directory: String? = nil,
    timeout: Duration? = nil,
    grace: Duration = .seconds(5),
    outputLimit: Int = 16 << 20,
    runAs: UserIdentity? = nil
  ) {
    self.program = program
    self.arguments = arguments
    self.environment = environment
    self.input = input
    self.directory = directory
    self.timeout = timeout
    self.grace = grace
    self.outputLimit = outputLimit
    self.runAs = runAs
  }
}

extension Invocation: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The program and its arguments; of environment and input, which may hold secrets, only names
  /// and sizes.
  package var description: String {
    var words = [program] + arguments
    if !environment.isEmpty {
      words.append("(with \(environment.keys.sorted().joined(separator: ", ")))")
    }
    if let input { words.append("(\(input.count) bytes of input)") }
    if inputDescriptor != nil { words.append("(input from another program)") }
    return words.joined(separator: " ")
  }

  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
