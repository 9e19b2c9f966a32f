internal import Glibc
internal import Sinks
internal import Stack
internal import Values

/// Where secrets come from: a file that the stack file names, then the environment.
struct SecretSources: Sendable {
  let environment: [String: String]
  let registry: SecretRegistry

  /// Reads a secret, and has every sink mask it from then on.
  ///
  /// - Throws: `missingSecret` with its name and the places that were looked at.
  func read(_ reference: SecretReference, in folder: String) throws(Failure) -> Secret {
    if let file = reference.file {
      let path = file.hasPrefix("/") ? file : folder + "/" + file
      if TextFile.exists(path) {
        let bytes = try TextFile.read(path, shownAs: path)
        return declared(reference.name, Self.line(bytes))
      }
    }
    if let text = environment[reference.name], !text.isEmpty {
      return declared(reference.name, text)
    }
    throw Failure(
      .missingSecret,
      "the secret \(reference.name) is not set",
      advice: ["looked in \(places(reference, in: folder))"]
    )
  }

  /// Has every sink mask a secret if it is set; a file is only read where the stack file may say so.
  func mask(_ reference: SecretReference, in folder: String, readsFile: Bool) {
    if readsFile {
      _ = try? read(reference, in: folder)
    } else if let text = environment[reference.name], !text.isEmpty {
      _ = declared(reference.name, text)
    }
  }

  func isSet(_ reference: SecretReference, in folder: String) -> Bool {
    if let file = reference.file,
      TextFile.exists(file.hasPrefix("/") ? file : folder + "/" + file)
    {
      return true
    }
    return !(environment[reference.name] ?? "").isEmpty
  }

  func places(_ reference: SecretReference, in folder: String) -> String {
    let file = reference.file.map { "\($0.hasPrefix("/") ? $0 : folder + "/" + $0), then " } ?? ""
    return file + "environment variable \(reference.name)"
  }

  private func declared(_ name: String, _ text: String) -> Secret {
    let secret = Secret(name: name, text: text)
    registry.add(secret)
    return secret
  }

  /// A file's text without the line end that editors put behind it.
  private static func line(_ bytes: [UInt8]) -> String {
    var bytes = bytes[...]
    while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
