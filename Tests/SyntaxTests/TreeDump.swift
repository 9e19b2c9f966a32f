import Diagnostics
import Syntax
import Testing

/// Writes a tree without the places of its parts, so that two texts can be compared by meaning.
func dump(_ file: SyntaxFile) -> String {
  var text = "version \(file.version.map { String($0.number) } ?? "none")\n"
  append(file.contents, to: &text, depth: 0)
  for comment in file.comments { text += "# \(comment.text)\n" }
  return text
}

private func append(_ value: Any, to text: inout String, depth: Int) {
  let mirror = Mirror(reflecting: value)
  let lead = String(repeating: " ", count: depth)
  if mirror.children.isEmpty {
    text += lead + "\(value)\n"
    return
  }
  for child in mirror.children {
    if child.value is SourceSpan || child.value is SourceText { continue }
    text += lead + (child.label ?? "-") + "\n"
    append(child.value, to: &text, depth: depth + 1)
  }
}

func parse(_ text: String, _ mode: ParseMode = .file) -> ParseResult {
  Parser.parse(SourceText(name: "test.opsh", text: text), mode: mode)
}

/// Writes an expression with a pair of brackets for each of its operators.
func shape(_ expression: Expression) -> String {
  switch expression {
  case .int(let value, _): "\(value)"
  case .name(let name): name.text
  case .field(let name, _): ".\(name.text)"
  case .member(let base, let name, let isOptional, _):
    "\(shape(base))\(isOptional ? "?." : ".")\(name.text)"
  case .call(let base, let arguments, _):
    "\(shape(base))(\(arguments.map { shape($0.value) }.joined(separator: ",")))"
  case .index(let base, let place, _):
    if case .expression(let index) = place.source { "\(shape(base))[\(shape(index))]" } else { "?" }
  case .negate(let operand, _): "(-\(shape(operand)))"
  case .not(let operand, _): "(not \(shape(operand)))"
  case .binary(let left, let sign, let right, _):
    "(\(shape(left)) \(sign.rawValue) \(shape(right)))"
  case .parenthesized(let inner, _):
    if case .expression(let inner) = inner.source { "[\(shape(inner))]" } else { "?" }
  default: "?"
  }
}

/// Gives the expression of a text that is nothing else.
func expression(_ text: String) -> Expression? {
  guard case .items(let items) = parse(text).file.contents, items.count == 1,
    case .statement(.show(let pipeline)) = items[0], case .expression(let found) = pipeline.source
  else { return nil }
  return found
}
