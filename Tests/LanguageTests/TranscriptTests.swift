import Foundation
import Language
import Syntax
import Testing
import Values

import Diagnostics

/// Runs the examples of the manual.
///
/// `> input`, then what it shows; `? input` is walked. A line that begins with `... ` goes on with the input before it.
///
/// `OPSH_RECORD=1` writes what is shown now into the files of the source tree.
@Suite struct TranscriptTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/transcripts")

  static let names: [String] = {
    let bundled = Bundle.module.resourceURL?.appending(path: "Fixtures/transcripts")
    let files = try? FileManager.default.contentsOfDirectory(atPath: bundled?.path() ?? "")
    return (files ?? []).filter { $0.hasSuffix(".transcript") }.sorted()
  }()

  @Test func `there are transcripts`() {
    #expect(!Self.names.isEmpty)
  }

  @Test(arguments: names) func `a transcript shows what it says`(_ name: String) throws {
    let bundled = try #require(Bundle.module.resourceURL)
    let file = bundled.appending(path: "Fixtures/transcripts/\(name)")
    let text = try String(contentsOf: file, encoding: .utf8)
    let played = Transcript(text).play()
    if ProcessInfo.processInfo.environment["OPSH_RECORD"] == "1" {
      try played.write(to: Self.folder.appending(path: name), atomically: true, encoding: .utf8)
    }
    #expect(played == text)
  }
}

/// A transcript file: headings, inputs and what they showed.
struct Transcript {
  private enum Piece {
    case other(String)
    case input([String], isWalk: Bool)
  }

  private var pieces: [Piece] = []

  init(_ text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("> ") || line.hasPrefix("? ") {
        pieces.append(.input([String(line.dropFirst(2))], isWalk: line.hasPrefix("?")))
      } else if line.hasPrefix("... "), case .input(let lines, let isWalk)? = pieces.last {
        let whole = lines + [String(line.dropFirst(4))]
        pieces[pieces.count - 1] = .input(whole, isWalk: isWalk)
      } else if line.isEmpty || line.hasPrefix("# ") {
        pieces.append(.other(line))
      }
    }
  }

  func play() -> String {
    var lines: [String] = []
    var session = TranscriptSession()
    for piece in pieces {
      switch piece {
      case .other(let line):
        if line.hasPrefix("# ") { session = TranscriptSession() }
        lines.append(line)
      case .input(let input, let isWalk):
        lines += input.enumerated().map { ($0 > 0 ? "... " : isWalk ? "? " : "> ") + $1 }
        lines += session.answer(input.joined(separator: "\n"), isWalk: isWalk)
      }
    }
    return lines.joined(separator: "\n")
  }
}

/// One session: bindings and functions persist until the next heading.
struct TranscriptSession {
  private let world = TranscriptWorld()
  private var bindings = Bindings()
  private var declarations = ""

  mutating func answer(_ input: String, isWalk: Bool) -> [String] {
    let isDeclaration = input.hasPrefix("func ")
    let isRunbook = input.hasPrefix("runbook ")
    let source = SourceText(name: "example.opsh", text: input + "\n" + declarations)
    let loaded = Program.load(source, mode: .file) { (_, _) throws(Failure) in
      throw Failure(.usage, "a transcript uses no files")
    }
    if let problem = loaded.problems.flatMap(\.diagnostics).first {
      return problem.rendered(in: source).split(separator: "\n").map(String.init)
    }
    if isDeclaration {
      declarations += input + "\n"
      return []
    }
    let evaluator = Evaluator(program: loaded.program, operations: world, isPrompt: !isRunbook)
    do throws(PlacedFailure) {
      if isWalk {
        for item in try evaluator.walk(bindings: bindings) { world.say(TranscriptWalk.line(item)) }
      } else if isRunbook {
        try evaluator.runRunbook(arguments: [:])
      } else {
        try evaluator.runStatements(bindings: &bindings)
      }
    } catch {
      say(error)
    }
    return world.takeLines()
  }

  private func say(_ error: PlacedFailure) {
    world.say("\(error.failure.kind.rawValue): \(error.failure.message)")
    if let place = error.place {
      world.say("  at \(place.source.text(of: place.span).replacing("\n", with: " "))")
    }
    for line in error.failure.advice { world.say("  \(line)") }
  }
}
