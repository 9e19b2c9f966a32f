/// Bytes that are neither printed nor left behind in memory.
// @unchecked: the bytes are written only in `deinit`.
final class SecretBytes: @unchecked Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  private var bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  deinit {
    for index in bytes.indices { bytes[index] = 0 }
  }

  func withExposedBytes<Result>(_ body: ([UInt8]) -> Result) -> Result {
    body(bytes)
  }

  static func == (left: SecretBytes, right: SecretBytes) -> Bool {
    left.bytes == right.bytes
  }

  // A hash of the text would be a trace of it.
  func hash(into hasher: inout Hasher) {}

  var description: String { "<secret>" }
  var customMirror: Mirror { Mirror(self, children: [:]) }
}
