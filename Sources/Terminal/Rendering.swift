internal import Sinks

/// How texts are drawn on one terminal: harmless, secrets masked.
struct Rendering {
  let usesColor: Bool
  let registry: SecretRegistry

  func text(_ styled: StyledText) -> String {
    let writer = MemoryWriter()
    let sink = Sink(to: writer, registry: registry, audience: .terminal(usesColor: usesColor))
    // Memory does not fail.
    try? sink.write(styled)
    try? sink.flush()
    return writer.text
  }

  /// The text with U+0001 before and behind each control sequence, as libedit wants a prompt.
  func prompt(_ styled: StyledText) -> String {
    var marked = ""
    var isInSequence = false
    for scalar in text(styled).unicodeScalars {
      if scalar == "\u{1B}" {
        isInSequence = true
        marked += "\u{01}"
      }
      marked.unicodeScalars.append(scalar)
      if isInSequence, scalar == "m" {
        isInSequence = false
        marked += "\u{01}"
      }
    }
    // libedit takes a sequence together with the character after it: it shows the second of two
    // as text, and loses one that ends the prompt.
    marked = marked.replacing("\u{01}\u{01}", with: "")
    return marked.hasSuffix("\u{01}") ? marked + " " : marked
  }
}
