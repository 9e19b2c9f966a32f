package import Diagnostics
package import Objects
package import Syntax
import Values

extension Checker {
  /// Gives what of a stack file is more than the declarative subset, or stands twice.
  package static func checkStack(_ file: SyntaxFile) -> [Diagnostic] {
    guard case .stack(let stack) = file.contents else {
      return [.stackMissing(at: SourceSpan(0, 0))]
    }
    return StackFileCheck.diagnostics(of: stack)
  }
}

extension StackTree {
  /// Makes the tree of a stack file's values; nothing if the file is none or holds more than that.
  package init?(file: SyntaxFile) {
    guard case .stack(let stack) = file.contents else { return nil }
    var check = StackFileCheck()
    let entries = check.entries(stack.entries)
    guard check.findings.isEmpty else { return nil }
    self.init(title: stack.title.text, entries: entries, path: file.source.name)
  }
}

/// Reads the declarative subset: literals, lists, records, and calls with such arguments.
struct StackFileCheck {
  private(set) var findings: [Diagnostic] = []

  static func diagnostics(of stack: StackDeclaration) -> [Diagnostic] {
    var check = StackFileCheck()
    _ = check.entries(stack.entries)
    return check.findings
  }

  mutating func entries(_ entries: [StackEntry]) -> [StackTree.Entry] {
    var names: [String: SourceSpan] = [:]
    return entries.compactMap { entry in
      switch entry {
      case .value(let name, let expression):
        noteTwice(name.text, name, &names)
        guard let node = node(expression) else { return nil }
        let place = range(name.span.joined(with: expression.span))
        return .value(name: name.text, node, place: place)
      case .block(let kind, let label, let inner, let span):
        noteTwice("\(kind.text) \(label.text)", label, &names)
        let entries = self.entries(inner)
        return .block(kind: kind.text, label: label.text, entries, place: range(span))
      }
    }
  }

  private mutating func noteTwice(
    _ key: String,
    _ name: Name,
    _ names: inout [String: SourceSpan]
  ) {
    guard let first = names[key] else {
      names[key] = name.span
      return
    }
    findings.append(.duplicateEntry(name.text, at: name.span, first: first))
  }

  private mutating func node(_ expression: Expression) -> StackTree.Node? {
    let place = range(expression.span)
    switch expression {
    case .list(let elements, _): return .list(elements.compactMap { node($0) }, place: place)
    case .record(let fields, _): return .record(record(fields), place: place)
    case .call(.name(let name), let arguments, _):
      let nodes = arguments.compactMap { argument -> StackTree.Argument? in
        guard let node = node(argument.value) else { return nil }
        return .init(label: argument.label?.text, node: node, place: range(argument.span))
      }
      return .call(name: name.text, nodes, place: place)
    case .text(let parts, let span):
      guard let text = parts.plainText else {
        findings.append(.textNotPlain(at: span))
        return nil
      }
      return .literal(.text(text), place: place)
    case .missing: return nil
    default:
      guard let value = Self.literal(expression) else {
        findings.append(.notDeclarative(at: expression.span))
        return nil
      }
      return .literal(value, place: place)
    }
  }

  mutating func record(_ fields: [RecordField]) -> [StackTree.Argument] {
    var names: [String: SourceSpan] = [:]
    return fields.compactMap { field in
      noteTwice(field.name.text, field.name, &names)
      return node(field.value).map {
        StackTree.Argument(label: field.name.text, node: $0, place: range(field.name.span))
      }
    }
  }

  private static func literal(_ expression: Expression) -> Value? {
    switch expression {
    case .nothing: .nothing
    case .bool(let flag, _): .bool(flag)
    case .int(let number, _): .int(number)
    case .number(let number, _): .number(number)
    case .percent(let number, _): .percent(number)
    case .duration(let span, _): .duration(TimeSpan(microseconds: span))
    case .size(let bytes, _): .size(bytes)
    case .time(let time, _): .time(Time(microseconds: time))
    case .negate(.int(let number, _), _): .int(-number)
    case .negate(.number(let number, _), _): .number(-number)
    default: nil
    }
  }

  private func range(_ span: SourceSpan) -> Range<Int> {
    span.start..<max(span.start, span.end)
  }
}
