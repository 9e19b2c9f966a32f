import Diagnostics
import Foundation
import Syntax
import Testing

/// One of the manual's programs.
struct Program: Sendable, CustomTestStringConvertible {
  var name: String
  var text: String

  var source: SourceText { SourceText(name: name, text: text) }
  /// `21_night.opsh` is what somebody typed.
  var mode: ParseMode { name.hasPrefix("21_") ? .prompt : .file }
  var testDescription: String { name }
}

enum Programs {
  static let all: [Program] = {
    guard let folder = Bundle.module.url(forResource: "Fixtures/programs", withExtension: nil),
      let paths = FileManager.default.enumerator(atPath: folder.path)
    else { return [] }
    let names = paths.compactMap { $0 as? String }.filter { $0.hasSuffix(".opsh") }.sorted()
    return names.compactMap { name in
      let url = folder.appendingPathComponent(name)
      guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
      return Program(name: name, text: text)
    }
  }()
}
