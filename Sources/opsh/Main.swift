@main
struct Opsh {
  static func main() {}
}
