/// The part of a migration's file that is run to go up, by the conventions of those who run them.
package struct MigrationText: Sendable {
  /// As long as the file, what does not belong to it made blank: places stay what they are.
  package let bytes: [UInt8]
  package let runner: MigrationRunner

  /// Reads a file by the marks in it: dbmate's `-- migrate:up` and `-- migrate:down`.
  package init(_ file: [UInt8]) {
    var lines = file.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard let up = lines.firstIndex(where: { Self.mark($0, "up") }) else {
      bytes = file
      runner = .oneMessage
      return
    }
    let down = lines[up...].firstIndex { Self.mark($0, "down") } ?? lines.endIndex
    let options = String(decoding: lines[up], as: UTF8.self)
    for index in lines.indices where index <= up || index >= down {
      lines[index] = ArraySlice(lines[index].map { $0 == 0x0D ? $0 : 0x20 })
    }
    bytes = Array(lines.joined(separator: [0x0A]))
    // A file of several statements is one message all the same.
    runner = options.contains("transaction:false") ? .oneMessage : .oneTransaction
  }

  private static func mark(_ line: ArraySlice<UInt8>, _ word: String) -> Bool {
    let text = line.drop { $0 == 0x20 || $0 == 0x09 }
    guard text.starts(with: "--".utf8) else { return false }
    let rest = text.dropFirst(2).drop { $0 == 0x20 || $0 == 0x09 }
    return rest.starts(with: "migrate:\(word)".utf8)
  }
}
