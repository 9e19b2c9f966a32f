package import Objects
import Syntax
import Values

extension Misspelling {
  /// Misspells every member, label and enumerated text that a vocabulary declares.
  ///
  /// A kind that is named as a reserved word (`run`) can not be named in a declaration.
  package static func all(in vocabulary: Vocabulary) -> [Misspelling] {
    let kinds = vocabulary.kinds.values.filter { !Keyword.all.contains($0.name) }
    return kinds.sorted { $0.name < $1.name }.flatMap { kind in
      members(of: kind) + kind.members.flatMap { labels(of: $0, kind) + texts(of: $0, kind) }
    }
  }

  private static func members(of kind: ObjectKind) -> [Misspelling] {
    let names = kind.members.map(\.name)
    // What is valid without being declared is no misspelling: later members, and those of lists.
    let valid = Set(kind.later).union(kind.elements == nil ? [] : ["names", "joined"])
    return names.flatMap { name in
      all(of: name, among: names, before: "func f(x: \(kind.name)) { x.", after: " }")
        .filter { !valid.contains($0.wrong) }
    }
  }

  private static func labels(of member: Member, _ kind: ObjectKind) -> [Misspelling] {
    let labels = member.parameters.filter { !$0.isPositional }.map(\.name)
    let head = "func f(x: \(kind.name)) { x.\(member.name)("
    return labels.flatMap { all(of: $0, among: labels, before: head, after: ": nothing) }") }
  }

  private static func texts(of member: Member, _ kind: ObjectKind) -> [Misspelling] {
    var found: [Misspelling] = []
    let head = "func f(x: \(kind.name)) { "
    if case .oneOf(let choices) = member.type.unwrapped, !member.isAction,
      !member.parameters.contains(where: \.isRequired)
    {
      let before = head + "expect x.\(member.name) is \""
      found += choices.flatMap { all(of: $0, among: choices, before: before, after: "\" }") }
    }
    for parameter in member.parameters {
      guard case .oneOf(let choices) = parameter.type.unwrapped, !parameter.isPositional else {
        continue
      }
      let before = head + "x.\(member.name)(\(parameter.name): \""
      found += choices.flatMap { all(of: $0, among: choices, before: before, after: "\") }") }
    }
    return found
  }
}
