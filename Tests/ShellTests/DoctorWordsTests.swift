import Testing
import Values

@testable import Shell

/// How the doctor says what it found.
@Suite struct DoctorWordsTests {
  @Test(arguments: [
    ("production: Vercel", "Vercel: the token was refused", "the token was refused"),
    ("production: Vercel", "Vercel answered 500", "Vercel answered 500"),
    ("production: Neon", "Vercel: no", "Vercel: no"),
  ])
  func `a vendor's name is said once`(_ what: String, _ message: String, _ words: String) {
    #expect(Doctor.words(of: Failure(.unreachable, message), about: what) == words)
  }

  @Test func `one thing is one thing`() throws {
    let binary = try BuiltBinary()
    try binary.write(
      """
      opsh 1

      stack "shop" {
        environment production { protected: true, url: "http://127.0.0.1:9" }
      }

      """,
      to: "stack.opsh"
    )
    let untrusted = try binary.opsh("doctor")
    #expect(untrusted.code == 2)
    #expect(untrusted.messages.hasPrefix("opsh: 1 thing needs mending"), "\(untrusted.messages)")
  }
}
