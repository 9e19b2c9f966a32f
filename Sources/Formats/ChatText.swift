package import Sinks

/// Chat messages in which foreign text can neither call anybody nor lead anywhere.
package enum ChatText {
  /// A message as it may be sent: secrets are masked before anything is escaped.
  package static func message(_ text: String, masking registry: SecretRegistry) -> String {
    escaped(Redactor.redact(text, registry: registry))
  }

  /// The text as Slack's `mrkdwn` shows it: `<!channel>`, `<@U…>` and `<https://…>` are only text.
  ///
  /// Slack needs `&`, `<` and `>` escaped and nothing else. An `@` is followed by a character without
  /// width, since other chats, and Slack where names are linked, make a mention of a bare `@here`; so
  /// is a `#` before a letter. `*`, `_`, `~` and backquotes get one in front, so that they style
  /// nothing.
  package static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in Harmless.text(text, passing: .newlines).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "@", "#":
        escaped.unicodeScalars.append(scalar)
        escaped.unicodeScalars.append(wordJoiner)
      case "*", "_", "~", "`":
        escaped.unicodeScalars.append(wordJoiner)
        escaped.unicodeScalars.append(scalar)
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static let wordJoiner = Unicode.Scalar(0x2060 as UInt16) ?? " "
}
