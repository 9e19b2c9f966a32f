/// An answer that is not success, in Neon's shape.
struct NeonError: Error, Equatable {
  var status: Int
  var code: String
  var message: String

  init(_ status: Int, _ message: String, code: String = "") {
    self.status = status
    self.code = code
    self.message = message
  }

  static let locked = NeonError(
    423,
    "project already has running conflicting operations, scheduling of new ones is prohibited"
  )
  static let nothingHere = NeonError(404, "this route does not exist")
  static let unauthorized = NeonError(401, "authentication credentials are missing or invalid")

  static func badRequest(_ message: String) -> NeonError { NeonError(400, message) }
  static func notFound(_ what: String) -> NeonError { NeonError(404, "\(what) not found") }
  static func refused(_ message: String) -> NeonError { NeonError(422, message) }
}
