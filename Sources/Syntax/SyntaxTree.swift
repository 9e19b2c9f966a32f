package import Diagnostics

/// A whole file, as the grammar of `opsh 1` sees it.
///
/// The tree is complete even for a broken text: the parser puts ``Expression/missing(_:)`` where
/// something is absent, and reports it.
package struct SyntaxFile: Sendable {
  package var source: SourceText
  /// The number after `opsh` at the top, where there is one.
  package var version: (number: Int, span: SourceSpan)?
  package var contents: Contents
  /// Every comment in order of place; the formatter puts them back.
  package var comments: [Comment]

  package enum Contents: Sendable {
    case stack(StackDeclaration)
    /// Statements, or a runbook's parts: `items` in order of place.
    case items([Item])
  }

  package init(
    source: SourceText,
    version: (number: Int, span: SourceSpan)?,
    contents: Contents,
    comments: [Comment]
  ) {
    self.source = source
    self.version = version
    self.contents = contents
    self.comments = comments
  }
}

/// A `#` comment, or a `##` line of documentation; `text` is what follows the marks, trimmed.
package struct Comment: Hashable, Sendable {
  package var text: String
  package var isDocumentation: Bool
  /// Says that nothing but white space stands before it on its line.
  package var standsAlone: Bool
  package var span: SourceSpan

  package init(text: String, isDocumentation: Bool, standsAlone: Bool, span: SourceSpan) {
    self.text = text
    self.isDocumentation = isDocumentation
    self.standsAlone = standsAlone
    self.span = span
  }
}

/// A name as written, and where.
package struct Name: Hashable, Sendable {
  package var text: String
  package var span: SourceSpan

  package init(_ text: String, at span: SourceSpan) {
    self.text = text
    self.span = span
  }
}

// MARK: - The stack file

/// `stack "optiq" { … }`.
package struct StackDeclaration: Sendable {
  package var title: Name
  package var entries: [StackEntry]
  package var span: SourceSpan

  package init(title: Name, entries: [StackEntry], span: SourceSpan) {
    self.title = title
    self.entries = entries
    self.span = span
  }
}

/// `name: value`, or `kind "label" { entries }`.
package enum StackEntry: Sendable {
  case value(name: Name, Expression)
  /// `label` is a name or a text.
  case block(kind: Name, label: Name, entries: [StackEntry], span: SourceSpan)
}

// MARK: - Items

/// What stands at the top level of a file.
package enum Item: Sendable {
  case runbook(title: Name, documentation: [String], span: SourceSpan)
  case use(path: Name, span: SourceSpan)
  case parameter(ParameterDeclaration)
  case function(FunctionDeclaration)
  case step(StepDeclaration)
  case onFailure(Block, span: SourceSpan)
  case finally(Block, span: SourceSpan)
  case statement(Statement)
}

/// `param name: type = default`.
package struct ParameterDeclaration: Sendable {
  package var name: Name
  package var type: TypeName
  package var defaultValue: Pipeline?
  package var documentation: [String]
  package var span: SourceSpan

  package init(
    name: Name,
    type: TypeName,
    defaultValue: Pipeline?,
    documentation: [String],
    span: SourceSpan
  ) {
    self.name = name
    self.type = type
    self.defaultValue = defaultValue
    self.documentation = documentation
    self.span = span
  }
}

/// `NAME` or `list of NAME`, as written.
package struct TypeName: Hashable, Sendable {
  package var name: Name
  package var isList: Bool
  package var span: SourceSpan

  package init(name: Name, isList: Bool, span: SourceSpan) {
    self.name = name
    self.isList = isList
    self.span = span
  }
}

/// `func name(a: type, b: type = default): type { … }`.
package struct FunctionDeclaration: Sendable {
  package var name: Name
  package var parameters: [FunctionParameter]
  package var result: TypeName?
  package var body: Block
  /// How deep its blocks and expressions nest.
  package var nesting: Int
  package var documentation: [String]
  package var span: SourceSpan

  package init(
    name: Name,
    parameters: [FunctionParameter],
    result: TypeName?,
    body: Block,
    nesting: Int,
    documentation: [String],
    span: SourceSpan
  ) {
    self.name = name
    self.parameters = parameters
    self.result = result
    self.body = body
    self.nesting = nesting
    self.documentation = documentation
    self.span = span
  }
}

/// One parameter of a function.
package struct FunctionParameter: Sendable {
  package var name: Name
  package var type: TypeName
  package var defaultValue: Expression?
  package var span: SourceSpan

  package init(name: Name, type: TypeName, defaultValue: Expression?, span: SourceSpan) {
    self.name = name
    self.type = type
    self.defaultValue = defaultValue
    self.span = span
  }
}

/// `step "title" when … timeout … approved by … { } undo { } probe { }`.
package struct StepDeclaration: Sendable {
  package var title: Name
  package var condition: Pipeline?
  package var timeout: Expression?
  package var approvals: Expression?
  package var body: Block
  package var undo: Block?
  package var probe: Pipeline?
  package var documentation: [String]
  package var span: SourceSpan

  package init(
    title: Name,
    condition: Pipeline?,
    timeout: Expression?,
    approvals: Expression?,
    body: Block,
    undo: Block?,
    probe: Pipeline?,
    documentation: [String],
    span: SourceSpan
  ) {
    self.title = title
    self.condition = condition
    self.timeout = timeout
    self.approvals = approvals
    self.body = body
    self.undo = undo
    self.probe = probe
    self.documentation = documentation
    self.span = span
  }
}

// MARK: - Statements

/// `{ statements }`; the span includes the braces.
package struct Block: Sendable {
  package var statements: [Statement]
  package var span: SourceSpan

  package init(statements: [Statement], span: SourceSpan) {
    self.statements = statements
    self.span = span
  }
}

/// One statement; every `Pipeline` here stands bare.
package indirect enum Statement: Sendable {
  case bind(name: Name, isDone: Bool, Pipeline, span: SourceSpan)
  case perform(Pipeline, span: SourceSpan)
  case giveBack(Pipeline?, span: SourceSpan)
  case expect(Pipeline, reason: Expression?, span: SourceSpan)
  case branch(IfStatement)
  case loop(ForStatement)
  case parallelBlock(arguments: [Argument], Block, span: SourceSpan)
  case parallelLoop(arguments: [Argument], ForStatement, span: SourceSpan)
  case retry(RetryStatement)
  case waitUntil(WaitStatement)
  case attempt(body: Block, error: Name, handler: Block, span: SourceSpan)
  case confirm(Expression, span: SourceSpan)
  case manual(Expression, span: SourceSpan)
  case note(Expression, span: SourceSpan)
  case show(Pipeline)
  /// `help postfix`, at the prompt only.
  case help(Expression?, span: SourceSpan)
  /// A function declared at the prompt or in a file of statements.
  case missing(SourceSpan)
}

/// `if condition { } else …`.
package struct IfStatement: Sendable {
  package var condition: Pipeline
  package var body: Block
  package var alternative: Alternative?
  package var span: SourceSpan

  package indirect enum Alternative: Sendable {
    case elseIf(IfStatement)
    case elseBlock(Block)
  }

  package init(condition: Pipeline, body: Block, alternative: Alternative?, span: SourceSpan) {
    self.condition = condition
    self.body = body
    self.alternative = alternative
    self.span = span
  }
}

/// `for name in pipeline { }`.
package struct ForStatement: Sendable {
  package var name: Name
  package var source: Pipeline
  package var body: Block
  package var span: SourceSpan

  package init(name: Name, source: Pipeline, body: Block, span: SourceSpan) {
    self.name = name
    self.source = source
    self.body = body
    self.span = span
  }
}

/// `retry count every pause backoff factor { }`.
package struct RetryStatement: Sendable {
  package var count: Expression
  package var pause: Expression?
  package var backoff: Expression?
  package var body: Block
  package var span: SourceSpan

  package init(
    count: Expression,
    pause: Expression?,
    backoff: Expression?,
    body: Block,
    span: SourceSpan
  ) {
    self.count = count
    self.pause = pause
    self.backoff = backoff
    self.body = body
    self.span = span
  }
}

/// `wait until condition every pause for limit`.
package struct WaitStatement: Sendable {
  package var condition: Pipeline
  package var pause: Expression?
  package var limit: Expression
  package var span: SourceSpan

  package init(condition: Pipeline, pause: Expression?, limit: Expression, span: SourceSpan) {
    self.condition = condition
    self.pause = pause
    self.limit = limit
    self.span = span
  }
}

extension Statement {
  /// Where the statement stands.
  package var span: SourceSpan {
    switch self {
    case .bind(_, _, _, let span), .perform(_, let span), .giveBack(_, let span),
      .expect(_, _, let span), .parallelBlock(_, _, let span), .parallelLoop(_, _, let span),
      .attempt(_, _, _, let span), .confirm(_, let span), .manual(_, let span),
      .note(_, let span), .help(_, let span), .missing(let span):
      span
    case .branch(let statement): statement.span
    case .loop(let statement): statement.span
    case .retry(let statement): statement.span
    case .waitUntil(let statement): statement.span
    case .show(let pipeline): pipeline.span
    }
  }
}
