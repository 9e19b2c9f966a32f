import Syntax

extension Stage {
  /// Says that an expression of the stage uses `.rows`, or the row as a whole.
  var mentionsRows: Bool {
    switch kind {
    case .where(let expression), .each(let expression), .first(let expression),
      .last(let expression), .skip(let expression), .save(let expression),
      .watch(let expression):
      expression.mentionsRows
    case .select(let fields): fields.contains { $0.value.mentionsRows }
    case .sort(let keys): keys.contains { $0.value.mentionsRows }
    case .group(let keys, let with): (keys + with).contains { $0.value.mentionsRows }
    case .join(let rows, let keys): rows.mentionsRows || keys.contains { $0.mentionsRows }
    case .chart(let value, let key): value.mentionsRows || key.mentionsRows
    case .distinct(let arguments), .aggregate(_, let arguments), .test(_, let arguments):
      arguments.contains { $0.value.mentionsRows }
    case .count, .only, .flatten, .reverse, .format, .missing: false
    }
  }
}

extension Expression {
  fileprivate var mentionsRows: Bool {
    switch self {
    case .it: true
    case .field(let name, _): name.text == "rows"
    case .text(let parts, _), .sql(let parts, _):
      parts.contains { part in
        if case .interpolation(let value, _) = part { value.mentionsRows } else { false }
      }
    // `it.count` needs no rows, but it is not worth telling it from `it`.
    case .member(let base, _, _, _): base.mentionsRows
    case .index(let base, let index, _): base.mentionsRows || index.mentionsRows
    case .call(let callee, let arguments, _):
      callee.mentionsRows || arguments.contains { $0.value.mentionsRows }
    case .negate(let operand, _), .not(let operand, _): operand.mentionsRows
    case .binary(let left, _, let right, _): left.mentionsRows || right.mentionsRows
    case .list(let elements, _): elements.contains { $0.mentionsRows }
    case .record(let fields, _): fields.contains { $0.value.mentionsRows }
    case .parenthesized(let pipeline, _): pipeline.mentionsRows
    case .nothing, .bool, .int, .number, .percent, .duration, .size, .time, .ago, .now, .name,
      .missing:
      false
    }
  }
}

extension Pipeline {
  fileprivate var mentionsRows: Bool {
    if case .expression(let expression) = source, expression.mentionsRows { return true }
    return stages.contains { $0.mentionsRows }
  }
}
