package import Diagnostics

/// `source | stage | stage`.
package struct Pipeline: Sendable {
  package var source: PipelineSource
  package var stages: [Stage]
  package var span: SourceSpan

  package init(source: PipelineSource, stages: [Stage], span: SourceSpan) {
    self.source = source
    self.stages = stages
    self.span = span
  }
}

/// Where a pipeline's rows come from.
package indirect enum PipelineSource: Sendable {
  case expression(Expression)
  case run(RunCommand)
}

/// `run(options) word word …`.
package struct RunCommand: Sendable {
  package var options: [Argument]
  package var words: [RunWord]
  package var span: SourceSpan

  package init(options: [Argument], words: [RunWord], span: SourceSpan) {
    self.options = options
    self.words = words
    self.span = span
  }
}

/// One word of a `run`: one argument, or several for `${...list}`.
package struct RunWord: Sendable {
  package var parts: [TextPart]
  /// The word is a lone `${...list}`.
  package var isSpread: Bool
  package var span: SourceSpan

  package init(parts: [TextPart], isSpread: Bool, span: SourceSpan) {
    self.parts = parts
    self.isSpread = isSpread
    self.span = span
  }
}

/// One piece of a text with interpolations.
package indirect enum TextPart: Sendable {
  /// The text after escapes and indentation are taken off.
  case literal(String, SourceSpan)
  case interpolation(Expression, SourceSpan)
}

/// An expression: no statement, and so no `do`, can be in one.
package indirect enum Expression: Sendable {
  case nothing(SourceSpan)
  case bool(Bool, SourceSpan)
  case int(Int64, SourceSpan)
  case number(Double, SourceSpan)
  /// `5%` is 5.
  case percent(Double, SourceSpan)
  /// Microseconds.
  case duration(Int64, SourceSpan)
  /// Bytes.
  case size(Int64, SourceSpan)
  /// Microseconds since 1970-01-01T00:00Z.
  case time(Int64, SourceSpan)
  /// `1h ago`: microseconds before now.
  case ago(Int64, SourceSpan)
  case text([TextPart], SourceSpan)
  case sql([TextPart], SourceSpan)
  case now(SourceSpan)
  case it(SourceSpan)
  /// `.field` of the current row.
  case field(Name, SourceSpan)
  case name(Name)
  /// `base.name`, or `base?.name`.
  case member(Expression, Name, isOptional: Bool, SourceSpan)
  case index(Expression, Pipeline, SourceSpan)
  case call(Expression, [Argument], SourceSpan)
  case negate(Expression, SourceSpan)
  case not(Expression, SourceSpan)
  case binary(Expression, BinaryOperator, Expression, SourceSpan)
  case list([Expression], SourceSpan)
  case record([RecordField], SourceSpan)
  case parenthesized(Pipeline, SourceSpan)
  /// Nothing stood where an expression is needed; reported by the parser.
  case missing(SourceSpan)
}

/// A binary operator, from loosest to tightest.
package enum BinaryOperator: String, Sendable, CaseIterable {
  case or, and
  case `is`, isNot = "is not"
  case less = "<", lessOrEqual = "<="
  case greater = ">", greaterOrEqual = ">="
  case `in`, notIn = "not in", matches
  case otherwise = "??"
  case range = ".."
  case add = "+", subtract = "-", multiply = "*", divide = "/"
}

/// One argument of a call; named ones come last.
package struct Argument: Sendable {
  package var label: Name?
  package var value: Expression
  package var span: SourceSpan

  package init(label: Name?, value: Expression, span: SourceSpan) {
    self.label = label
    self.value = value
    self.span = span
  }
}

/// `name: value` or `"text": value` in a record.
package struct RecordField: Sendable {
  package var name: Name
  package var isQuoted: Bool
  package var value: Expression

  package init(name: Name, isQuoted: Bool, value: Expression) {
    self.name = name
    self.isQuoted = isQuoted
    self.value = value
  }
}

/// `name: expression`, or an expression whose last member names it.
package struct NamedExpression: Sendable {
  package var label: Name?
  package var value: Expression
  package var span: SourceSpan

  package init(label: Name?, value: Expression, span: SourceSpan) {
    self.label = label
    self.value = value
    self.span = span
  }
}

/// One key of `sort by`.
package struct SortKey: Sendable {
  package var value: Expression
  package var isDescending: Bool

  package init(value: Expression, isDescending: Bool) {
    self.value = value
    self.isDescending = isDescending
  }
}

/// One stage of a pipeline; `keyword` is where its first word stands.
package struct Stage: Sendable {
  package var kind: Kind
  package var keyword: SourceSpan
  package var span: SourceSpan

  package init(_ kind: Kind, keyword: SourceSpan, span: SourceSpan) {
    self.kind = kind
    self.keyword = keyword
    self.span = span
  }

  package indirect enum Kind: Sendable {
    case `where`(Expression)
    case each(Expression)
    case first(Expression)
    case last(Expression)
    case skip(Expression)
    case save(Expression)
    case select([NamedExpression])
    case sort([SortKey])
    case group(keys: [NamedExpression], with: [NamedExpression])
    case join(Expression, on: [Expression])
    case chart(Expression, by: Expression)
    case count, only, flatten, reverse
    case distinct([Argument])
    /// `sum(…)`, `min(…)`, `max(…)`, `average(…)`, `percentile(…)`.
    case aggregate(Aggregate, [Argument])
    /// `any(…)`, `all(…)`, `none(…)`, `find(…)`.
    case test(Test, [Argument])
    case format(Name)
    case watch(every: Expression)
    case missing
  }

  package enum Aggregate: String, Sendable, CaseIterable {
    case sum, min, max, average, percentile
  }

  package enum Test: String, Sendable, CaseIterable {
    case any, all, none, find
  }
}

extension Expression {
  /// Where the expression stands.
  package var span: SourceSpan {
    switch self {
    case .nothing(let span), .bool(_, let span), .int(_, let span), .number(_, let span),
      .percent(_, let span), .duration(_, let span), .size(_, let span), .time(_, let span),
      .ago(_, let span), .text(_, let span), .sql(_, let span), .now(let span), .it(let span),
      .field(_, let span), .member(_, _, _, let span), .index(_, _, let span),
      .call(_, _, let span), .negate(_, let span), .not(_, let span),
      .binary(_, _, _, let span), .list(_, let span), .record(_, let span),
      .parenthesized(_, let span), .missing(let span):
      span
    case .name(let name): name.span
    }
  }
}
