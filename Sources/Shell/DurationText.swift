internal import Diagnostics
internal import Syntax
internal import Values

/// Reads a duration as the language writes it.
enum DurationText {
  static func parse(_ text: String) -> TimeSpan? {
    let parsed = Parser.parse(SourceText(name: "--timeout", text: text), mode: .prompt)
    guard parsed.diagnostics.isEmpty, case .items(let items) = parsed.file.contents,
      items.count == 1, case .statement(.show(let pipeline))? = items.first,
      pipeline.stages.isEmpty,
      case .expression(.duration(let micros, _)) = pipeline.source
    else { return nil }
    return TimeSpan(microseconds: micros)
  }
}
