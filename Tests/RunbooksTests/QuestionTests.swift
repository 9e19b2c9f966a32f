import Journals
import Language
import Runbooks
import Testing
import Values

@Suite struct QuestionTests {
  @Test func `questions give values of their type`() throws {
    let answers = ["y", "n", "2", "2026-11-23T03:00Z", "all good", "5"]
    let world = try RunHarness(answers: answers)
    let place = world.site().place
    func ask(_ kind: Question.Kind) throws -> Value {
      try world.run.ask(Question("Q", kind), at: place)
    }
    #expect(try ask(.yesOrNo) == .bool(true))
    #expect(try ask(.yesOrNo) == .bool(false))
    #expect(try ask(.choice([.text("a"), .text("b")])) == .text("b"))
    #expect(try ask(.value(.time)) == Time("2026-11-23T03:00Z").map { .time($0) })
    #expect(try ask(.manual) == .text("all good"))
    #expect(try ask(.value(.int)) == .int(5))
    let kinds = try world.reading.records.map(\.kind)
    #expect(kinds.count { $0 == .promptShown } == 6)
    #expect(kinds.count { $0 == .promptAnswered } == 6)
  }

  @Test(arguments: [nil, "", "no"])
  func `a confirm that is not answered with yes stops the run`(_ answer: String?) throws {
    let world = try RunHarness(answers: [answer])
    let failure = world.failure {
      _ = try world.run.ask(Question("Sure?", .confirm), at: world.site().place)
    }
    #expect(failure?.exitCode == 4)
  }

  @Test(arguments: [nil, "", "0", "3", "a", "-1", "1 2"])
  func `a choice that is none of the list is no answer`(_ answer: String?) throws {
    let world = try RunHarness(answers: [answer])
    let failure = world.failure {
      let question = Question("Which?", .choice([.text("a"), .text("b")]))
      _ = try world.run.ask(question, at: world.site().place)
    }
    #expect(failure?.exitCode == 4)
  }

  @Test func `without a terminal a question is not answered by anybody`() throws {
    let world = try RunHarness(answers: ["y"], terminal: false)
    let failure = world.failure {
      _ = try world.run.ask(Question("Sure?", .yesOrNo), at: world.site().place)
    }
    #expect(failure?.exitCode == 4)
    #expect(world.person.asked.isEmpty)
  }

  @Test func `a secret is asked for unseen and never recorded`() throws {
    let world = try RunHarness(answers: ["hunter2-hunter2"])
    let value = try world.run.ask(Question("Key?", .value(.secret)), at: world.site().place)
    guard case .secret = value else {
      Issue.record("the answer is a secret")
      return
    }
    #expect(!String(decoding: world.file.bytes, as: UTF8.self).contains("hunter2"))
  }
}
