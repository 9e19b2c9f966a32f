/// What help, completion and the manual say of a stage.
package struct StageDeclaration: Sendable {
  /// Its first word.
  package let name: String
  /// How it is written, such as `sort by expression [desc], …`.
  package let signature: String
  package let summary: String
  /// Says that the language has it and this version does not.
  package let isLater: Bool

  init(_ name: String, _ signature: String, _ summary: String, isLater: Bool = false) {
    self.name = name
    self.signature = signature
    self.summary = summary
    self.isLater = isLater
  }

  /// Every stage, in alphabetical order.
  package static let all: [StageDeclaration] = [
    Self("all", "all(condition)", "whether every row fulfils it; of no rows it is an error"),
    Self("any", "any(condition)", "whether a row fulfils it"),
    Self("as", "as json|ndjson|csv|tsv|markdown|table", "the rows as a text"),
    Self("average", "average(expression)", "the mean; of no rows nothing"),
    Self("chart", "chart expression by expression", "a chart of the rows", isLater: true),
    Self("count", "count", "how many rows there are"),
    Self("distinct", "distinct[(expression, …)]", "each row, or each value of it, once"),
    Self("each", "each expression", "what the expression gives for every row"),
    Self("find", "find(condition)", "the first row that fulfils it, or nothing"),
    Self("first", "first n", "the first n rows; what follows is cancelled at its source"),
    Self("flatten", "flatten", "the elements of rows that are lists"),
    Self(
      "group",
      "group by [name:] expression, … [with name: sum(expression), …]",
      "a row for each value: the keys, count, rows, and what is added by with"
    ),
    Self("join", "join rows on expression, …", "each row with those that fit it", isLater: true),
    Self("last", "last n", "the last n rows"),
    Self("max", "max(expression)", "the largest value; of no rows nothing"),
    Self("min", "min(expression)", "the smallest value; of no rows nothing"),
    Self("none", "none(condition)", "whether no row fulfils it"),
    Self("only", "only", "the one row there is; none or several are an error"),
    Self(
      "percentile",
      "percentile(expression, percent)",
      "the value that so many rows do not exceed",
      isLater: true
    ),
    Self("reverse", "reverse", "the rows from the last to the first"),
    Self("save", "save \"file\"", "writes a new file, never over an old one"),
    Self("select", "select [name:] expression, …", "records of these fields"),
    Self("skip", "skip n", "the rows after the first n"),
    Self("sort", "sort by expression [desc], …", "the rows in order; nothing comes last"),
    Self("sum", "sum(expression)", "all added up; of no rows 0"),
    Self("watch", "watch every duration", "the rows again and again", isLater: true),
    Self("where", "where condition", "the rows that fulfil it"),
  ]
}
