/// One entry of a `Link` header (RFC 8288), by which services page through lists.
package struct Link: Hashable, Sendable {
  /// The reference between the angle brackets, as it was sent.
  package let target: String
  private let parameters: [String: String]

  /// The value of a parameter such as `rel`, `results` or `cursor`; nil if it is absent.
  package subscript(name: String) -> String? { parameters[name.lowercased()] }

  /// Whether the entry has the given relation; an entry may have several.
  package func hasRelation(_ relation: String) -> Bool {
    let wanted = relation.lowercased()
    return self["rel"]?.split(separator: " ").contains { $0.lowercased() == wanted } ?? false
  }

  /// Reads the entries of a header; an entry that is not well-formed ends the reading.
  package static func parse(_ header: String) -> [Link] {
    var reader = LinkReader(header)
    var links: [Link] = []
    while let link = reader.next() { links.append(link) }
    return links
  }

  init(target: String, parameters: [String: String]) {
    self.target = target
    self.parameters = parameters
  }
}

extension Headers {
  /// The first `Link` with a relation, over all `Link` headers.
  package func link(_ relation: String) -> Link? {
    all("Link").flatMap(Link.parse).first { $0.hasRelation(relation) }
  }
}

private struct LinkReader {
  private var rest: Substring

  init(_ header: String) {
    rest = header[...]
  }

  mutating func next() -> Link? {
    skip { $0 == " " || $0 == "\t" || $0 == "," }
    guard rest.first == "<", let end = rest.firstIndex(of: ">") else { return nil }
    let target = String(rest[rest.index(after: rest.startIndex)..<end])
    rest = rest[rest.index(after: end)...]
    var parameters: [String: String] = [:]
    while let (name, value) = parameter() {
      // The first of two parameters of the same name counts (RFC 8288, section 3.3).
      if parameters[name] == nil { parameters[name] = value }
    }
    return Link(target: target, parameters: parameters)
  }

  private mutating func parameter() -> (name: String, value: String)? {
    skip(while: isBlank)
    guard rest.first == ";" else { return nil }
    rest.removeFirst()
    skip(while: isBlank)
    let name = take { !isBlank($0) && !"=;,".contains($0) }.lowercased()
    skip(while: isBlank)
    guard rest.first == "=" else { return (name, "") }
    rest.removeFirst()
    skip(while: isBlank)
    return (name, rest.first == "\"" ? quoted() : take { !isBlank($0) && !";,".contains($0) })
  }

  private mutating func quoted() -> String {
    rest.removeFirst()
    var text = ""
    while let character = rest.popFirst(), character != "\"" {
      text.append(character == "\\" ? rest.popFirst() ?? character : character)
    }
    return text
  }

  private mutating func skip(while condition: (Character) -> Bool) {
    rest = rest.drop(while: condition)
  }

  private mutating func take(while condition: (Character) -> Bool) -> String {
    let taken = rest.prefix(while: condition)
    rest = rest[taken.endIndex...]
    return String(taken)
  }
}

private func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
