/// The parser's tree, read from its JSON into one flat list.
///
/// The tree of a long chain (`1+1+1+…`) is as deep as the chain is long. A flat list is read, walked
/// and freed without any recursion, and all descendants of a node are simply the entries up to its
/// end.
final class SyntaxJSON: Sendable {
  struct Entry: Sendable {
    enum Kind: Sendable {
      case object, array, text, other
    }

    var kind: Kind
    var name: Range<Int>
    var value: Range<Int>
    /// The index behind its last descendant.
    var end: Int
  }

  let bytes: [UInt8]
  let entries: [Entry]

  var root: SyntaxNode { SyntaxNode(tree: self, index: 0) }

  init(_ characters: [CChar]) {
    bytes = characters.map { UInt8(bitPattern: $0) }
    var reader = Reader(bytes: bytes)
    entries = reader.read()
  }

  /// Reads JSON that was written by libpg_query; anything else gives a shorter list, never a trap.
  private struct Reader {
    let bytes: [UInt8]
    var index = 0
    var entries: [Entry] = []
    var open: [Int] = []
    var name = 0..<0

    init(bytes: [UInt8]) {
      self.bytes = bytes
      entries.reserveCapacity(bytes.count / 12)
    }

    mutating func read() -> [Entry] {
      while index < bytes.count {
        switch bytes[index] {
        case UInt8(ascii: "{"): begin(.object)
        case UInt8(ascii: "["): begin(.array)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          if let last = open.popLast() { entries[last].end = entries.count }
          index += 1
        case UInt8(ascii: "\""): readText()
        case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "\n"): index += 1
        default: readWord()
        }
      }
      while let last = open.popLast() { entries[last].end = entries.count }
      if entries.isEmpty { add(.other, 0..<0) }
      return entries
    }

    private mutating func add(_ kind: Entry.Kind, _ value: Range<Int>) {
      entries.append(Entry(kind: kind, name: name, value: value, end: entries.count + 1))
      name = 0..<0
    }

    private mutating func begin(_ kind: Entry.Kind) {
      add(kind, index..<index)
      open.append(entries.count - 1)
      index += 1
    }

    private mutating func readText() {
      let start = index + 1
      index = start
      while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
        index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
      }
      let text = start..<min(index, bytes.count)
      index += 1
      if index < bytes.count, bytes[index] == UInt8(ascii: ":") {
        name = text
      } else {
        add(.text, text)
      }
    }

    private mutating func readWord() {
      let start = index
      while index < bytes.count, !Self.endsWord(bytes[index]) { index += 1 }
      add(.other, start..<index)
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }
  }
}

/// A place in the parser's tree.
struct SyntaxNode: Sendable {
  let tree: SyntaxJSON
  let index: Int

  private var entry: SyntaxJSON.Entry { tree.entries[index] }

  /// The name of a member, "" for an element of an array; names of nodes have no escapes.
  var name: String { String(decoding: tree.bytes[entry.name], as: UTF8.self) }

  /// The bytes of a value that holds no others, as they stand in the JSON.
  var raw: ArraySlice<UInt8> { tree.bytes[entry.value] }

  func isNamed(_ name: StaticString) -> Bool {
    let range = entry.name
    guard range.count == name.utf8CodeUnitCount else { return false }
    return name.withUTF8Buffer { unsafe $0.elementsEqual(tree.bytes[range]) }
  }

  var members: [SyntaxNode] {
    var nodes: [SyntaxNode] = []
    var next = index + 1
    while next < entry.end {
      nodes.append(SyntaxNode(tree: tree, index: next))
      next = tree.entries[next].end
    }
    return nodes
  }

  /// The elements of an array; an object has none.
  var elements: [SyntaxNode] { entry.kind == .array ? members : [] }

  /// All nodes below this one, in the order of the text.
  var descendants: some Sequence<SyntaxNode> {
    (index + 1..<entry.end).lazy.map { SyntaxNode(tree: tree, index: $0) }
  }

  subscript(name: StaticString) -> SyntaxNode? {
    var next = index + 1
    guard entry.kind == .object else { return nil }
    while next < entry.end {
      let node = SyntaxNode(tree: tree, index: next)
      if node.isNamed(name) { return node }
      next = tree.entries[next].end
    }
    return nil
  }

  var int: Int? { Int(String(decoding: tree.bytes[entry.value], as: UTF8.self)) }

  var isTrue: Bool { tree.bytes[entry.value].elementsEqual("true".utf8) }

  /// The text with its escapes undone; nil for what is no text.
  var text: String? {
    guard entry.kind == .text else { return nil }
    let raw = tree.bytes[entry.value]
    guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
    return Self.unescaped(raw)
  }

  private static func unescaped(_ raw: ArraySlice<UInt8>) -> String {
    var bytes: [UInt8] = []
    var rest = raw
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
        bytes.append(byte)
        continue
      }
      switch escape {
      case UInt8(ascii: "n"): bytes.append(0x0A)
      case UInt8(ascii: "r"): bytes.append(0x0D)
      case UInt8(ascii: "t"): bytes.append(0x09)
      case UInt8(ascii: "b"): bytes.append(0x08)
      case UInt8(ascii: "f"): bytes.append(0x0C)
      case UInt8(ascii: "u"):
        // libpg_query writes \u00XX for control characters only.
        let digits = String(decoding: rest.prefix(4), as: UTF8.self)
        rest = rest.dropFirst(4)
        let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
        bytes.append(contentsOf: String(scalar ?? "\u{FFFD}").utf8)
      default: bytes.append(escape)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
