import Diagnostics
import Objects
import Syntax
import Values

/// `run(options) word word …`: what it gives when it is done, or the plan to do it.
final class RunNode: ExpressionNode {
  struct Word: Sendable {
    let pieces: [TextPiece]
    let isSpread: Bool
    let span: SourceSpan
  }

  let words: [Word]
  let options: [ArgumentNode]
  let givesLines: Bool
  let span: SourceSpan

  init(words: [Word], options: [ArgumentNode], givesLines: Bool, span: SourceSpan) {
    self.words = words
    self.options = options
    self.givesLines = givesLines
    self.span = span
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    var call = ProgramCall(
      arguments: try arguments(&frame),
      timeout: nil,
      allowedExits: [0],
      environment: [],
      input: nil
    )
    for option in options { try take(option, into: &call, &frame) }
    let outcome: ProgramOutcome
    do throws(Failure) {
      outcome = try frame.operations.program(call, at: frame.place())
    } catch {
      throw PlacedFailure(error, span: span)
    }
    switch outcome {
    case .plan(let plan):
      guard !givesLines else {
        throw PlacedFailure(
          .call(
            "this program may change something: it has no lines before it is done",
            advice: "write 'let x = do run …', or declare it under 'reads' in the stack file"
          ),
          span: span
        )
      }
      return .plan(plan)
    case .value(let value):
      guard givesLines, case .record(let record) = value else { return value }
      return record["lines"] ?? .list([])
    }
  }

  // MARK: - Words

  private func arguments(_ frame: inout Frame) throws(PlacedFailure) -> [String] {
    var arguments: [String] = []
    var hasSeparator = false
    for word in words {
      if word.isSpread {
        arguments += try spread(word, hasSeparator, &frame)
        continue
      }
      var isFilled = false
      var text = ""
      for piece in word.pieces {
        switch piece {
        case .literal(let literal): text += literal
        case .value(let node, let span), .identifier(let node, let span):
          if text.isEmpty { isFilled = true }
          text += try self.text(of: node.value(&frame), span, frame)
        }
      }
      if isFilled { try check(text, hasSeparator, word.span) }
      if !isFilled, text == "--" { hasSeparator = true }
      arguments.append(text)
    }
    guard arguments.first?.isEmpty == false else {
      throw PlacedFailure(.empty(what: "the program's name"), span: span)
    }
    return arguments
  }

  private func spread(_ word: Word, _ hasSeparator: Bool, _ frame: inout Frame)
    throws(PlacedFailure) -> [String]
  {
    var texts: [String] = []
    for piece in word.pieces {
      guard case .value(let node, let span) = piece else { continue }
      let value = try node.value(&frame)
      for element in try Rows.list(of: value, span: span, &frame) {
        let text = try text(of: element, span, frame)
        try check(text, hasSeparator, word.span)
        texts.append(text)
      }
    }
    return texts
  }

  private func text(of value: Value, _ span: SourceSpan, _ frame: Frame) throws(PlacedFailure)
    -> String
  {
    do throws(EvaluationError) {
      if case .secret = value {
        throw .call(
          "a secret can not be an argument: everybody on the machine could read it",
          advice: "give it with run(with: {NAME: …}) or run(input: …)"
        )
      }
      let text = try Interpolation.text(of: value)
      guard !text.utf8.contains(0) else {
        throw .notReadable(what: "argument", text: "a text with a zero byte")
      }
      return text
    } catch {
      throw frame.wrong(error, value, span)
    }
  }

  private func check(_ text: String, _ hasSeparator: Bool, _ span: SourceSpan)
    throws(PlacedFailure)
  {
    guard text.hasPrefix("-"), !hasSeparator else { return }
    throw PlacedFailure(
      .call(
        "\"\(text)\" begins with '-', so the program would take it for an option",
        advice: "write '--' before it where the program knows that"
      ),
      span: span
    )
  }

  // MARK: - Options

  private func take(_ option: ArgumentNode, into call: inout ProgramCall, _ frame: inout Frame)
    throws(PlacedFailure)
  {
    let isInput = option.label == "input"
    let value = isInput ? try option.node.evaluate(&frame) : try option.node.value(&frame)
    if let pending = value.firstPending { throw PlacedFailure(pending: pending) }
    switch (option.label, value) {
    case ("timeout", .duration(let span)): call.timeout = span
    case ("allow", .list), ("allow", .range):
      var exits: [Int32] = []
      for element in value.elements ?? [] {
        guard case .int(let number) = element, let exit = Int32(exactly: number) else {
          throw wrong(option, "a list of exit codes", value)
        }
        exits.append(exit)
      }
      call.allowedExits = exits
    case ("with", .record(let record)):
      call.environment = zip(record.names, record.cells).map { ($0, $1) }
    case ("input", _): call.input = value
    case ("timeout", _): throw wrong(option, "a duration", value)
    case ("allow", _): throw wrong(option, "a list of exit codes", value)
    case ("with", _): throw wrong(option, "a record", value)
    default:
      throw PlacedFailure(
        .call("run takes timeout, allow, with and input", advice: nil),
        span: option.span
      )
    }
  }

  private func wrong(_ option: ArgumentNode, _ needed: String, _ value: Value) -> PlacedFailure {
    PlacedFailure(
      .wrongType(what: "'\(option.label ?? "")'", needed: needed, actual: value),
      span: option.span
    )
  }
}

extension Compiler {
  mutating func run(_ command: RunCommand, givesLines: Bool) -> any ExpressionNode {
    var words: [RunNode.Word] = []
    for word in command.words {
      words.append(
        RunNode.Word(
          pieces: pieces(word.parts, isSQL: false),
          isSpread: word.isSpread,
          span: word.span
        )
      )
    }
    return RunNode(
      words: words,
      options: arguments(command.options),
      givesLines: givesLines,
      span: command.span
    )
  }
}
