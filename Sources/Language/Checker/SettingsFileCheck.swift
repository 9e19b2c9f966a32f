package import Diagnostics
package import Objects
package import Syntax

extension Checker {
  /// Reads the user's settings: one record of what the declarative subset of a stack file holds.
  package static func settings(_ file: SyntaxFile) -> (
    fields: [StackTree.Argument], problems: [Diagnostic]
  ) {
    guard case .items(let items) = file.contents else {
      return ([], [.settingsNotRecord(at: SourceSpan(0, 0))])
    }
    guard let first = items.first else { return ([], []) }
    guard items.count == 1, case .statement(.show(let pipeline)) = first,
      pipeline.stages.isEmpty, case .expression(.record(let fields, _)) = pipeline.source
    else {
      return ([], [.settingsNotRecord(at: place(of: items.count == 1 ? first : items[1]))])
    }
    var check = StackFileCheck()
    let read = check.record(fields)
    return (read, check.findings)
  }

  private static func place(of item: Item) -> SourceSpan {
    if case .statement(.show(let pipeline)) = item { pipeline.span } else { SourceSpan(0, 0) }
  }
}
