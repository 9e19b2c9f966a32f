package import Objects
package import Values

/// One function that the language has from the start.
package struct Builtin: Sendable {
  package let name: String
  package let parameters: [Parameter]
  package let result: ValueType
  /// What it gives, in a line.
  package let summary: String
  package let body: Body

  package enum Body: Sendable {
    case function(@Sendable (Arguments) throws(EvaluationError) -> Value)
    /// The evaluator has a form of its own for it: `ask`, `identifier`, `secret`.
    case form
  }

  package init(
    _ name: String,
    _ parameters: [Parameter],
    gives result: ValueType,
    _ summary: String,
    body: Body
  ) {
    self.name = name
    self.parameters = parameters
    self.result = result
    self.summary = summary
    self.body = body
  }

  package static func named(_ name: String) -> Builtin? { table[name] }

  private static let table = Dictionary(
    all.map { ($0.name, $0) },
    uniquingKeysWith: { first, _ in first }
  )
}

extension Builtin {
  /// Every builtin, in alphabetical order.
  package static let all: [Builtin] = [
    Builtin(
      "abs",
      [.positional("value", .any, "a number, percent, duration or size")],
      gives: .any,
      "the value without its sign",
      body: .function { (arguments) throws(EvaluationError) in
        try Arithmetic.absolute(of: arguments["value"] ?? .nothing)
      }
    ),
    Builtin(
      "ask",
      [
        .positional("question", .text, "what the person is asked"),
        Parameter("from", .list(of: .any), "the answers to choose from", isRequired: false),
        Parameter("type", .any, "the type of the answer, such as time", isRequired: false),
      ],
      gives: .any,
      "the answer of a person: yes or no, one of a list, or a value of a type",
      body: .form
    ),
    Builtin(
      "identifier",
      [.positional("name", .text, "the name of a table, column or schema")],
      gives: .sql,
      "a quoted name, only inside ${} of an sql text",
      body: .form
    ),
    Builtin(
      "int",
      [.positional("value", .any, "a text of digits, or a number without a fraction")],
      gives: .int,
      "the whole number that a text or number is",
      body: .function { (arguments) throws(EvaluationError) in
        try Conversion.int(arguments["value"] ?? .nothing)
      }
    ),
    Builtin(
      "json",
      [.positional("text", .text, "a JSON text, such as a program's output")],
      gives: .any,
      "the value that a JSON text holds",
      body: .function { (arguments) throws(EvaluationError) in
        try Conversion.json(arguments["text"] ?? .nothing)
      }
    ),
    Builtin(
      "mod",
      [
        .positional("value", .int, "the number that is divided"),
        .positional("divisor", .int, "the number it is divided by"),
      ],
      gives: .int,
      "the rest of a division, with the sign of the divisor",
      body: .function { (arguments) throws(EvaluationError) in
        try Arithmetic.remainder(arguments["value"] ?? .nothing, arguments["divisor"] ?? .nothing)
      }
    ),
    Builtin(
      "number",
      [.positional("value", .any, "a text such as \"0.5\", or a whole number")],
      gives: .number,
      "the number that a text is",
      body: .function { (arguments) throws(EvaluationError) in
        try Conversion.number(arguments["value"] ?? .nothing)
      }
    ),
    Builtin(
      "round",
      [
        .positional("value", .number, "a number"),
        Parameter("digits", .int, "how many after the point, 0 to 15", isRequired: false),
      ],
      gives: .number,
      "the nearest number with so many digits after the point; halves go away from zero",
      body: .function { (arguments) throws(EvaluationError) in
        try Conversion.rounded(arguments["value"] ?? .nothing, digits: arguments["digits"])
      }
    ),
    Builtin(
      "secret",
      [.positional("name", .text, "the secret's name")],
      gives: .secret,
      "a secret that can be passed on, and never read",
      body: .form
    ),
    Builtin(
      "time",
      [.positional("text", .text, "an RFC 3339 time, such as \"2026-11-23T03:00Z\"")],
      gives: .time,
      "the moment that a text names",
      body: .function { (arguments) throws(EvaluationError) in
        try Conversion.time(arguments["text"] ?? .nothing)
      }
    ),
  ]
}

extension Parameter {
  /// Declares what is given by its place.
  package static func positional(_ name: String, _ type: ValueType, _ summary: String) -> Parameter
  {
    Parameter(name, type, summary, isPositional: true)
  }
}
