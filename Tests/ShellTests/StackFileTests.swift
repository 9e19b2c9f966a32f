import Foundation
import Testing

/// What `check` says of a stack file; it contacts nobody.
@Suite struct StackFileTests {
  let binary: BuiltBinary

  init() throws {
    binary = try BuiltBinary()
  }

  private func check(_ text: String, _ name: String = "stack.opsh") throws -> BuiltBinary.Result {
    try binary.write(text, to: name)
    return try binary.opsh("check", name)
  }

  @Test(arguments: ["", "\n", "# nothing yet\n", "opsh 1\n", "1 + 1\n"])
  func `a stack file without a stack says what is missing`(_ text: String) throws {
    let result = try check(text)
    #expect(result.code == 2)
    #expect(result.messages.contains("stack.opsh:1:1: error: "), "\(result.messages)")
    #expect(result.messages.contains("a stack file begins with: stack \"name\" { … }"))
    #expect(try binary.opsh("-c", "production.url").messages.contains("a stack file begins with"))
  }

  @Test func `a file given as the stack is one, whatever its name`() throws {
    try binary.write("1\n", to: "other.opsh")
    #expect(try binary.opsh("check", "other.opsh").code == 0)
    let result = try binary.opsh("check", "other.opsh", "--stack", "other.opsh")
    #expect(result.code == 2)
    #expect(result.messages.contains("a stack file begins with"))
  }

  @Test func `a stack without environments is told what to add`() throws {
    let result = try check("stack \"x\" { }\n")
    #expect(result.code == 0)
    #expect(
      result.messages.contains(
        "stack.opsh:1:7: warning: the stack has no environment; add: environment production { url:"
      ),
      "\(result.messages)"
    )
  }

  @Test(arguments: [
    ("notaurl", "it must begin with https:// or http://"),
    ("ftp://x.example", "it must begin with https:// or http://"), ("https://", "the host must be"),
    ("https://a.example:99999", "the port must be 1 to 65535"),
    ("https://a b.example", "without blanks"), ("http://a.example", "must begin with https://"),
    ("https://user:hunter22@a.example", "user name and password do not belong in an address"),
  ])
  func `an address that is none is found where it stands`(_ url: String, _ words: String) throws {
    let result = try check(
      """
      stack "x" {
        hosting: vercel(project: "p", token: secret("VERCEL_TOKEN"), url: "\(url)")
        environment production { }
      }
      """
    )
    #expect(result.code == 2)
    #expect(result.messages.contains("stack.opsh:2:69: error: vercel: "), "\(result.messages)")
    #expect(result.messages.contains(words), "\(result.messages)")
    #expect(result.messages.contains("^~~~") || url.isEmpty)
    let used = try binary.opsh("status")
    #expect(used.code == 2)
    #expect(used.messages.contains("stack.opsh:2:69: error: "), "\(used.messages)")
    #expect(used.messages.contains("has errors; nothing was contacted"))
  }

  @Test func `an environment's address is looked at too`() throws {
    let result = try check("stack \"x\" {\n  environment production { url: \"app.optiq.io\" }\n}\n")
    #expect(result.code == 2)
    #expect(
      result.messages.contains(
        "stack.opsh:2:33: error: 'app.optiq.io' is not a usable address: it must begin with"
      ),
      "\(result.messages)"
    )
  }
}
