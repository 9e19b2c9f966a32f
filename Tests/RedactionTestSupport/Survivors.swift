package import Values

/// Looks for what is left of secrets in a text.
package enum Survivors {
  /// Shorter pieces are nobody's chance.
  private static let piece = 12
  /// A piece of fewer different ones is mostly the backslashes of an escape within an escape, which
  /// stand there for other texts, too.
  private static let fewestLetters = 5

  /// Says what of a secret, or of the form in which it stood there, is still to be read; nothing if
  /// nothing is.
  package static func find(of secret: Secret, in output: [UInt8], core: [UInt8]) -> String? {
    all([(secret, core)], in: output).first
  }

  /// The pieces of secrets and of their forms that are still to be read.
  package static func all(_ wanted: [(secret: Secret, core: [UInt8])], in output: [UInt8])
    -> [String]
  {
    let shown = output.filter { $0 > 0x20 }
    var pieces: Set<[UInt8]> = []
    var words: Set<[UInt8]> = []
    for (secret, core) in wanted {
      let letters = secret.withExposedText { Array($0.utf8) }.filter { $0 > 0x20 }
      for text in [letters, core.filter { $0 > 0x20 }] {
        guard text.count >= piece else {
          words.insert(text)
          continue
        }
        for start in 0...text.count - piece {
          let part = text[start..<start + piece]
          if Set(part).count >= fewestLetters { pieces.insert(Array(part)) }
        }
      }
    }
    var found: Set<[UInt8]> = []
    for size in Set(words.map(\.count)).union([piece]) where shown.count >= size {
      for start in 0...shown.count - size {
        let part = Array(shown[start..<start + size])
        if size == piece ? pieces.contains(part) : words.contains(part) { found.insert(part) }
      }
    }
    return found.map { String(decoding: $0, as: UTF8.self) }.sorted()
  }
}
