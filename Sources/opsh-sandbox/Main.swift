import Glibc
import Sandbox

@main
struct OpshSandbox {
  static func main() async {
    let code = await SandboxCommand().run(Array(CommandLine.arguments.dropFirst()))
    exit(code)
  }
}
