package import Diagnostics
package import Syntax

/// A checked file with everything it uses, ready to be run or walked.
package struct Program: Sendable {
  package var main: SyntaxFile
  /// Used files in the order in which they were met, each once.
  package var used: [SyntaxFile]
  /// All functions by name, from the file and what it uses.
  package var functions: [String: Function]
  /// The runbook's parts, where the file is one.
  package var runbook: Runbook?

  package init(
    main: SyntaxFile,
    used: [SyntaxFile],
    functions: [String: Function],
    runbook: Runbook?
  ) {
    self.main = main
    self.used = used
    self.functions = functions
    self.runbook = runbook
  }

  package struct Function: Sendable {
    package var declaration: FunctionDeclaration
    package var source: SourceText
    /// Its body has a `do`, directly or through an action it does: calling it gives a plan.
    package var isAction: Bool

    package init(declaration: FunctionDeclaration, source: SourceText, isAction: Bool) {
      self.declaration = declaration
      self.source = source
      self.isAction = isAction
    }
  }

  package struct Runbook: Sendable {
    package var title: String
    package var documentation: [String]
    package var parameters: [ParameterDeclaration]
    package var steps: [StepDeclaration]
    package var onFailure: Block?
    package var finally: Block?

    package init(
      title: String,
      documentation: [String],
      parameters: [ParameterDeclaration],
      steps: [StepDeclaration],
      onFailure: Block?,
      finally: Block?
    ) {
      self.title = title
      self.documentation = documentation
      self.parameters = parameters
      self.steps = steps
      self.onFailure = onFailure
      self.finally = finally
    }
  }

  /// Every text of the program, the main file first, for hashes and the journal.
  package var sources: [SourceText] { [main.source] + used.map(\.source) }

  /// The statements of a file that is no runbook.
  package var statements: [Statement] {
    guard case .items(let items) = main.contents else { return [] }
    return items.compactMap { item in
      if case .statement(let statement) = item { statement } else { nil }
    }
  }
}
