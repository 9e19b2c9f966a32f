internal import Diagnostics
internal import Language
internal import Stack
internal import Syntax
internal import Values

extension Session {
  /// The environments that a program can reach; nothing where that may be any.
  ///
  /// What it can not reach must not keep it from running: a secret of staging that is not set here
  /// is no reason to leave production broken.
  func reach(of program: Program, _ words: [String]) throws(Failure) -> Set<String>? {
    let names = Set(try stack()?.definition?.environments.map(\.name) ?? [])
    var reached: Set<String> = []
    for source in program.sources {
      for token in Lexer.lex(source).tokens {
        let text = source.text(of: token.span)
        // From the stack all are reached.
        if text == "stack" { return nil }
        if names.contains(text) { reached.insert(text) }
      }
    }
    if let option = options.env { reached.insert(option) }
    for parameter in program.runbook?.parameters ?? []
    where parameter.type.name.text == "environment" {
      guard let given = words.first(where: { $0.hasPrefix(parameter.name.text + "=") }) else {
        return nil
      }
      let value = given.dropFirst(parameter.name.text.count + 1)
      reached.formUnion(value.split(separator: ",").map(String.init))
    }
    return reached.isEmpty ? nil : reached
  }
}
