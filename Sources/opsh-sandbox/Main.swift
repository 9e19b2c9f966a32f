@main
struct OpshSandbox {
  static func main() {}
}
