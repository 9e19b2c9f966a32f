import Diagnostics
import Objects
import Syntax
import Values

/// What a member turned out to be.
enum FoundMember {
  /// Of an object.
  case declared(Member)
  /// Of a scalar, list or plan.
  case scalar(ScalarMember)
  /// Of a record.
  case field(ValueType)
  /// Not known before it runs, or reported already.
  case unknown
}

extension Checker {
  /// Infers `.name` of the row, or its call.
  func inferField(_ name: Name, arguments: [Argument]? = nil, at span: SourceSpan) -> StaticType {
    guard let row = useRow() else {
      add(.outsideStage(".\(name.text)", at: span))
      inferAll(arguments)
      return .any
    }
    return inferMember(of: row, name, arguments: arguments, at: span)
  }

  func inferMember(
    of base: Expression,
    _ name: Name,
    isOptional: Bool,
    arguments: [Argument]?,
    at span: SourceSpan
  ) -> StaticType {
    let owner = infer(base)
    let result = inferMember(of: owner, name, arguments: arguments, at: span)
    return isOptional && owner.type != owner.plain ? result.orNothing : result
  }

  /// Infers a member of a value; `arguments` are those of its call, if it is called.
  private func inferMember(
    of owner: StaticType,
    _ name: Name,
    arguments: [Argument]?,
    at span: SourceSpan
  ) -> StaticType {
    switch lookUp(name, in: owner) {
    case .declared(let member):
      checkUse(of: member, of: owner, name)
      let isCalled = checkCall(of: member, name, arguments, at: span)
      guard !member.isAction else {
        return isCalled ? StaticType(.plan, result: member.type) : .any
      }
      let isEnvironment = member.type.unwrapped == .object("environment")
      return StaticType(member.type, environment: isEnvironment ? nil : owner.environment)
    case .scalar(let member):
      checkArguments(arguments ?? [], member.parameters, of: name.text, at: name.span)
      return StaticType(member.type)
    case .field(let type):
      if let arguments {
        inferAll(arguments)
        add(.notCallable(name.text, at: span))
      }
      return StaticType(type)
    case .unknown:
      inferAll(arguments)
      return .any
    }
  }

  func inferAll(_ arguments: [Argument]?) {
    for argument in arguments ?? [] { _ = infer(argument.value) }
  }

  // MARK: - Looking up

  /// Finds a member, or reports that there is none.
  func lookUp(_ name: Name, in owner: StaticType) -> FoundMember {
    if let cursor, name.text == cursor {
      completion = .member(owner)
      return .unknown
    }
    guard !name.text.isEmpty else { return .unknown }
    switch owner.plain {
    case .any, .record: return .unknown
    case .object(let kind): return lookUp(name, ofKind: kind)
    case .fields(let fields):
      if let field = fields.first(where: { $0.name == name.text }) { return .field(field.type) }
      add(unknownMember(name, of: "the record", among: fields.map(\.name)))
    default: return lookUp(name, ofScalar: owner)
    }
    return .unknown
  }

  private func lookUp(_ name: Name, ofKind kindName: String) -> FoundMember {
    guard let kind = scope.vocabulary.kind(kindName) else { return .unknown }
    if let member = kind.member(name.text) { return .declared(member) }
    if kind.later.contains(name.text) {
      addLater("'\(name.text)'", at: name.span)
      return .unknown
    }
    if kind.elements != nil, let found = listMember(name) { return .scalar(found) }
    let elements = kind.elements.map { element(of: StaticType($0.type)) }
    if let elements, has(elements, name.text) {
      let nearest = Spelling.nearest(to: name.text, in: kind.members.map(\.name))
      add(.memberOfElements(name.text, of: kindName, nearest: nearest, at: name.span))
    } else {
      add(unknownMember(name, of: kindName, among: kind.members.map(\.name)))
    }
    return .unknown
  }

  private func listMember(_ name: Name) -> ScalarMember? {
    ScalarMember.member(name.text, of: .list(of: .any))
  }

  private func lookUp(_ name: Name, ofScalar owner: StaticType) -> FoundMember {
    if let member = ScalarMember.member(name.text, of: owner.plain) { return .scalar(member) }
    switch owner.plain {
    case .plan: add(.memberOfPlan(name.text, at: name.span))
    case .secret: add(.memberOfSecret(name.text, at: name.span))
    case .list(let type) where type == .any || has(StaticType(type), name.text):
      let nearest = Spelling.nearest(
        to: name.text,
        in: ScalarMember.members(of: owner.plain).map(\.name)
      )
      add(.memberOfElements(name.text, of: owner.plain.name, nearest: nearest, at: name.span))
    default:
      let members = ScalarMember.members(of: owner.plain).map(\.name)
      add(unknownMember(name, of: owner.plain.name, among: members))
    }
    return .unknown
  }

  private func unknownMember(_ name: Name, of owner: String, among members: [String]) -> Diagnostic
  {
    let nearest = Spelling.nearest(to: name.text, in: members)
    return .unknownMember(name.text, of: owner, nearest: nearest, at: name.span)
  }

  private func has(_ owner: StaticType, _ name: String) -> Bool {
    switch owner.plain {
    case .object(let kind): scope.vocabulary.kind(kind)?.member(name) != nil
    case .fields(let fields): fields.contains { $0.name == name }
    default: false
    }
  }

  // MARK: - What a use needs

  private func checkUse(of member: Member, of owner: StaticType, _ name: Name) {
    guard case .object(let kind) = owner.plain else { return }
    if let restriction = member.restriction, let environment = owner.environment,
      !restriction.environments.contains(environment)
    {
      add(
        .notInEnvironment(name.text, environment, advice: restriction.advice, at: name.span)
      )
    }
    if member.isAction, kind == "environment", name.text == "unlock", !scope.isPrompt {
      add(.unlockInFile(at: name.span))
    }
    for secret in scope.secretsBehind(owner.environment, kind, name.text) {
      checkIsSet(secret, at: name.span)
    }
  }

  /// Says whether the member is called well enough for its result to be known.
  private func checkCall(
    of member: Member,
    _ name: Name,
    _ arguments: [Argument]?,
    at span: SourceSpan
  ) -> Bool {
    if let arguments {
      checkArguments(arguments, member.parameters, of: name.text, at: name.span)
      return true
    }
    let required = member.parameters.filter(\.isRequired)
    if member.isAction {
      add(.actionNotCalled(name.text, required: required, at: name.span))
      return false
    }
    if !required.isEmpty { add(.argumentsNeeded(name.text, required, at: name.span)) }
    return true
  }

  // MARK: - Lookups

  func inferIndex(_ base: Expression, _ index: Pipeline, at span: SourceSpan) -> StaticType {
    let owner = infer(base)
    let key = infer(index)
    switch owner.plain {
    case .any, .record: return .any
    case .fields(let fields):
      guard case .text(let parts, let place)? = index.single, let name = parts.plainText else {
        return .any
      }
      if let field = fields.first(where: { $0.name == name }) { return StaticType(field.type) }
      let nearest = Spelling.nearest(to: name, in: fields.map(\.name))
      add(.unknownField(name, nearest: nearest, at: place))
      return .any
    default: return inferElement(of: owner, key, index, at: span)
    }
  }

  private func inferElement(
    of owner: StaticType,
    _ key: StaticType,
    _ index: Pipeline,
    at span: SourceSpan
  ) -> StaticType {
    guard isList(owner.plain) else {
      add(.notIndexable(owner.plain, at: span))
      return .any
    }
    switch key.plain {
    case .any, .int, .text, .oneOf: break
    default: add(.wrongIndex(key.plain, at: index.span))
    }
    var found = element(of: owner)
    guard case .object(let kind) = found.plain else { return found }
    if case .text(let parts, let place)? = index.single, let name = parts.plainText {
      checkName(name, ofKind: kind, at: place)
      if kind == "environment" { found.environment = name }
    } else if kind == "environment" {
      found.environment = nil
    }
    return found
  }

  private func checkName(_ name: String, ofKind kind: String, at span: SourceSpan) {
    guard let known = scope.names(ofKind: kind) else { return }
    if let cursor, name.hasSuffix(cursor) { completion = .choice(known) }
    guard !known.contains(name) else { return }
    let nearest = Spelling.nearest(to: name, in: known)
    add(.unknownObject(name, kind: kind, known: known, nearest: nearest, at: span))
  }
}
