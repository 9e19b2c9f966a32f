import Foundation
import Testing

/// Files that are programs, and a program without its neighbour.
@Suite struct ShebangTests {
  @Test(arguments: ["#!/usr/bin/env opsh", "#!/usr/bin/env -S opsh --output ndjson"])
  func `an executable file runs, also with arguments and from elsewhere`(_ line: String) throws {
    let binary = try BuiltBinary()
    let text = "\(line)\nopsh 1\nrunbook \"Double\"\nparam n: int = 21\nstep \"Double\" { n * 2 }\n"
    try binary.write(text, to: "bin/double.opsh")
    let path = binary.work + "/bin/double.opsh"
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    let known = ["PATH": BuiltBinary.folder + ":/usr/bin:/bin"]
    let plain = try binary.program(path, [], with: known, in: "/")
    #expect(plain.output == "42\n", "\(plain.messages)")
    #expect(plain.code == 0)
    let given = try binary.program(path, ["n=4"], with: known)
    #expect(given.output == "8\n", "\(given.messages)")
    let wrong = try binary.program(path, ["n=x"], with: known)
    #expect(wrong.code == 2)
    #expect(wrong.output == "")
  }

  @Test func `a program without its sandbox beside it says where it looked`() throws {
    let binary = try BuiltBinary()
    let alone = binary.root + "/opsh"
    try FileManager.default.copyItem(atPath: BuiltBinary.folder + "/opsh", toPath: alone)
    let result = try binary.program(alone, ["sandbox", "up"])
    #expect(result.code == 2)
    #expect(result.output == "")
    #expect(
      result.messages
        == "opsh: opsh-sandbox does not lie beside this program\n  looked for \(alone)-sandbox\n"
    )
  }
}
