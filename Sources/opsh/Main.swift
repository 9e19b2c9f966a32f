internal import Glibc
internal import Shell

@main
struct Opsh {
  static func main() {
    exit(CommandLineInterface.run(Array(CommandLine.arguments.dropFirst())))
  }
}
