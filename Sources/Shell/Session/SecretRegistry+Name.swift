internal import Sinks

extension SecretRegistry {
  /// The name of the set secret that a text contains; nothing if it contains none.
  func nameOfSecret(in text: String) -> String? {
    let masked = Redactor.redact(text, registry: self)
    guard masked != text else { return nil }
    guard let start = masked.firstIndex(of: "‹"), let end = masked[start...].firstIndex(of: "›")
    else { return "a secret" }
    return String(masked[masked.index(after: start)..<end])
  }
}
