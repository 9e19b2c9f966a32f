/// All patterns of one alphabet, by what they begin with: what many secrets share is looked at once.
final class PatternTree: Sendable {
  /// A place in the tree: what was matched on the way to it is the beginning of some patterns.
  struct Node: Sendable {
    /// The hard byte that leads here.
    let byte: UInt8
    /// A child has a blank before it, so that a `+` may stand there for that.
    var hasBlankBelow = false
    /// Of its children, and of its parent's: 0 for none, since the root is nobody's child.
    var firstChild: Int32 = 0
    var nextSibling: Int32 = 0
    /// Whose pattern ends here; less than 0 for nobody's.
    var name: Int32 = -1
  }

  let alphabet: SecretPattern.Alphabet
  let nodes: [Node]
  let names: [String]
  /// The root's children by their byte as it stands in a text.
  let roots: [Int32]

  /// - Parameter patterns: of whatever alphabet; of two that are equal the first gives the name.
  init(_ alphabet: SecretPattern.Alphabet, _ patterns: [SecretPattern]) {
    self.alphabet = alphabet
    var nodes = [Node(byte: 0)]
    var names: [String] = []
    for pattern in patterns where pattern.alphabet == alphabet {
      var node: Int32 = 0
      for (byte, hasBlank) in zip(pattern.hardBytes, pattern.blankBefore) {
        if hasBlank { nodes[Int(node)].hasBlankBelow = true }
        var child = Self.search(nodes, node, byte)
        if child == 0 {
          child = Int32(nodes.count)
          var added = Node(byte: byte)
          added.nextSibling = nodes[Int(node)].firstChild
          nodes.append(added)
          nodes[Int(node)].firstChild = child
        }
        node = child
      }
      if nodes[Int(node)].name < 0 {
        nodes[Int(node)].name = Int32(names.count)
        names.append(pattern.name)
      }
    }
    self.nodes = nodes
    self.names = names
    roots = (UInt8.min...UInt8.max).map { Self.search(nodes, 0, alphabet.folded($0)) }
  }

  @inline(__always)
  private static func search(_ nodes: [Node], _ parent: Int32, _ folded: UInt8) -> Int32 {
    var child = nodes[Int(parent)].firstChild
    while child > 0, nodes[Int(child)].byte != folded { child = nodes[Int(child)].nextSibling }
    return child
  }

  /// The child that a byte of a text leads to; 0 if there is none.
  @inline(__always)
  func child(of node: Int32, _ byte: UInt8) -> Int32 {
    node == 0 ? roots[Int(byte)] : Self.search(nodes, node, alphabet.folded(byte))
  }

  /// The node behind all bytes of an encoded character; 0 if there is none.
  func child(of node: Int32, _ encoded: EncodedByte) -> Int32 {
    var node = node
    for index in 0..<encoded.count {
      node = child(of: node, encoded[index])
      guard node > 0 else { return 0 }
    }
    return node
  }
}

extension SecretPattern.Alphabet {
  /// What a byte of a text is in the patterns: URL-safe base64 is base64, capital digits are digits.
  func folded(_ byte: UInt8) -> UInt8 {
    switch (self, byte) {
    case (.base64, UInt8(ascii: "-")): UInt8(ascii: "+")
    case (.base64, UInt8(ascii: "_")): UInt8(ascii: "/")
    case (.hexadecimal, UInt8(ascii: "A")...UInt8(ascii: "F")): byte | 0x20
    default: byte
    }
  }

  /// Says that a byte stands between two hard ones in this alphabet only: `2d:2d`, `2d, 2d`.
  func isSeparator(_ byte: UInt8) -> Bool {
    guard self == .hexadecimal else { return false }
    return byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ",")
  }
}
