import Diagnostics
import Foundation
import Language
import LanguageTestSupport
import Syntax
import Testing
import Values

/// The programs that the language was designed on.
struct DesignProgram: CustomTestStringConvertible, Sendable {
  let path: String

  var testDescription: String { path }

  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("SyntaxTests/Fixtures/programs")

  static let all: [DesignProgram] = {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (names ?? []).filter { $0.hasSuffix(".opsh") }.sorted().map(DesignProgram.init)
  }()

  /// Written as typed at the prompt: it looks at plans, asks for help or unlocks.
  var isTyped: Bool {
    ["17_incident.opsh", "19_functions.opsh", "21_night.opsh"].contains(path)
  }

  static func read(_ path: String) throws(Failure) -> SourceText {
    do {
      let url = folder.appendingPathComponent(path)
      return SourceText(name: path, bytes: Array(try Data(contentsOf: url)))
    } catch {
      throw Failure(.usage, "there is no such file")
    }
  }

  func report(isPrompt: Bool) throws -> (problems: [SourceProblems], later: [SourceProblems]) {
    let loaded = Program.load(try Self.read(path), mode: isPrompt ? .prompt : .file) {
      (path, _) throws(Failure) in try Self.read(path)
    }
    let scope = TestVocabulary.scope(isPrompt: isPrompt)
    let report = Checker.report(on: loaded.program, in: scope)
    return (loaded.problems.joined(with: report.problems), report.notInThisVersion)
  }
}

struct CheckerProgramTests {
  @Test func `the programs of the design are here`() {
    #expect(DesignProgram.all.count == 22)
  }

  @Test(arguments: DesignProgram.all)
  func `a program of the design has no error`(_ program: DesignProgram) throws {
    let problems = try program.report(isPrompt: program.isTyped).problems
    let errors = problems.flatMap { problem in
      problem.diagnostics.filter { $0.severity == .error }.map { $0.rendered(in: problem.source) }
    }
    #expect(errors.isEmpty, "\(errors.joined(separator: "\n"))")
  }

  @Test func `a plan that a file only looks at is found`() throws {
    let program = DesignProgram(path: "19_functions.opsh")
    let found = try program.report(isPrompt: false).problems.flatMap(\.diagnostics)
    #expect(found.map(\.message) == ["this is a plan, and nothing does it"])
  }

  @Test(arguments: [
    ("04_restore_swap.opsh", ["'join'"]),
    ("14_fleet.opsh", ["'canary:'", "'give_up:'"]),
    ("16_locks.opsh", ["'watch'"]),
    ("17_incident.opsh", ["'chart'", "'percentile'"]),
  ])
  func `what waits for a later version is named`(_ path: String, _ words: [String]) throws {
    let program = DesignProgram(path: path)
    let later = try program.report(isPrompt: program.isTyped).later.flatMap(\.diagnostics)
    #expect(later.map(\.message) == words.map { "\($0) is not in this version" })
  }
}
