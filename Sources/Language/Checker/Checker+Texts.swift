import Diagnostics
import Objects
import Syntax
import Values

extension Checker {
  func inferText(_ parts: [TextPart], at span: SourceSpan) -> StaticType {
    for part in parts {
      switch part {
      case .literal(let text, let place): checkHoldsNoSecret(text, at: place)
      case .interpolation(let expression, let place):
        let given = infer(expression)
        switch given.plain {
        case .plan, .list, .record, .fields, .secret, .sql:
          add(.notInText(given.plain, at: place))
        default: break
        }
      }
    }
    return StaticType(.text)
  }

  func inferSQL(_ parts: [TextPart]) -> StaticType {
    for part in parts {
      switch part {
      case .literal(let text, let place): checkHoldsNoSecret(text, at: place)
      case .interpolation(let expression, let place):
        let given = infer(expression)
        if case .call(.name(let name), _, _) = expression, name.text == "identifier" { continue }
        if !canBind(given.plain) { add(.notInSQL(given.plain, at: place)) }
      }
    }
    return StaticType(.sql)
  }

  /// Says that a value can be a parameter of an SQL text: a scalar, an object, a list of those.
  private func canBind(_ type: ValueType) -> Bool {
    switch type.unwrapped {
    case .plan, .record, .fields, .secret, .sql: return false
    case .list(let element):
      if case .list = element.unwrapped { return false }
      return canBind(element)
    default: return true
    }
  }

  // MARK: - Secrets

  private func checkHoldsNoSecret(_ text: String, at span: SourceSpan) {
    // Shorter ones are not secrets that a text could be known by.
    guard text.utf8.count >= 8, let name = scope.secretInText(text) else { return }
    add(.secretInText(name, at: span))
  }

  func checkSecret(_ arguments: [Argument]) {
    guard case .text(let parts, let span)? = arguments.first?.value, let name = parts.plainText
    else { return }
    checkIsSet(name, at: span)
  }

  func checkIsSet(_ name: String, at span: SourceSpan) {
    guard !missingSecrets.contains(name), scope.isSecretSet(name) == false else { return }
    missingSecrets.insert(name)
    add(.secretNotSet(name, lookedIn: scope.secretPlaces(name), at: span))
  }

  // MARK: - run

  /// Infers a `run`: a plan, unless the stack file declares its argument list a read.
  func infer(_ command: RunCommand) -> StaticType {
    for (parameter, argument) in match(command.options, to: Self.runParameters, of: "run") {
      require(parameter?.type ?? .any, argument)
    }
    for word in command.words { check(word) }
    let outcome: [ValueType.Field] = [
      .init("exit", .int), .init("text", .text), .init("lines", .list(of: .text)),
      .init("seconds", .number),
    ]
    return switch matchesRead(command.words) {
    case true: StaticType(.fields(outcome))
    case false: StaticType(.plan, result: .fields(outcome))
    case nil: .any
    }
  }

  private func check(_ word: RunWord) {
    for part in word.parts {
      switch part {
      case .literal(let text, let place): checkHoldsNoSecret(text, at: place)
      case .interpolation(let expression, let place):
        let given = infer(expression)
        switch given.plain {
        case .secret: add(.secretInWord(at: place))
        case .list where word.isSpread, .any: break
        case .list: add(.listInWord(at: place, text: source.text(of: expression.span)))
        case .plan, .record, .fields, .sql: add(.notInText(given.plain, at: place))
        case let type where word.isSpread && !isList(type):
          add(.wrongType("what '${...}' spreads", .list(of: .any), type, at: place, fixIt: nil))
        default: break
        }
      }
    }
  }

  /// Says whether a declared read has these words; nothing if that depends on what they will be.
  private func matchesRead(_ words: [RunWord]) -> Bool? {
    var mayMatch = false
    for read in scope.declaredReads {
      if words.contains(where: \.isSpread) {
        mayMatch = true
        continue
      }
      guard read.count == words.count else { continue }
      let texts = words.map(\.parts.plainText)
      guard zip(read, texts).allSatisfy({ $1 == nil || $0 == $1 }) else { continue }
      if texts.allSatisfy({ $0 != nil }) { return true }
      mayMatch = true
    }
    return mayMatch ? nil : false
  }
}
