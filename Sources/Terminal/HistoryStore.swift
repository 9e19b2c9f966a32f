private import Glibc
package import Sinks
package import Values

/// What was typed at the prompt, for all sessions: one JSON line an entry, only ever appended to.
///
/// Secrets are masked before an entry is kept. A line that begins with a blank is not kept at all.
package final class HistoryStore {
  /// Older entries stay in the file and are not read.
  private static let mostBytes = 2 << 20

  private let path: String
  private let registry: SecretRegistry
  private var readOffset: Int64 = 0
  private var loaded: [String] = []

  /// Takes a path such as `$XDG_STATE_HOME/opsh/history`; folders and file are made when needed.
  package init(path: String, registry: SecretRegistry) {
    self.path = path
    self.registry = registry
  }

  /// The texts, the oldest first, those of other sessions included; empty if they can not be read.
  package func entries() -> [String] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return loaded }
    defer { close(descriptor) }
    let size = Int64(lseek(descriptor, 0, SEEK_END))
    if size < readOffset {
      readOffset = 0
      loaded = []
    }
    guard size > readOffset else { return loaded }
    readOffset = max(readOffset, size - Int64(Self.mostBytes))
    let bytes = read(descriptor, from: readOffset)
    // A line that another session is just writing is taken next time.
    guard let end = bytes.lastIndex(of: 0x0A) else { return loaded }
    for line in bytes[...end].split(separator: 0x0A) {
      if let text = Self.text(of: Array(line)), text != loaded.last { loaded.append(text) }
    }
    readOffset += Int64(end) + 1
    return loaded
  }

  /// Keeps an entry; says whether it was one to keep.
  @discardableResult
  package func add(_ text: String, at time: Time = .now()) throws(TerminalError) -> Bool {
    guard let first = text.utf8.first, first != 0x20 else { return false }
    let clean = Redactor.redact(text, registry: registry)
    guard clean.contains(where: { !$0.isWhitespace }), clean != loaded.last else { return false }
    let entry: JSON = ["time": .string(time.text), "text": .string(clean)]
    try append(entry.bytes(isCanonical: false) + [0x0A])
    return true
  }

  private func append(_ line: [UInt8]) throws(TerminalError) {
    makeFolders()
    let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system(action: "opening \(path)", code: errno) }
    defer { close(descriptor) }
    // An older file may have been made with other rights.
    _ = fchmod(descriptor, 0o600)
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    let count = unsafe line.withUnsafeBytes { buffer in
      unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
    }
    guard count == line.count else {
      throw .system(action: "writing \(path)", code: count < 0 ? errno : ENOSPC)
    }
  }

  private func makeFolders() {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      // What is there already stays as it is; what can not be made shows when the file is opened.
      _ = unsafe mkdir(folder, 0o700)
    }
  }

  private func read(_ descriptor: Int32, from start: Int64) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    var offset = start
    while true {
      let count = unsafe pread(descriptor, &chunk, chunk.count, off_t(offset))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
      offset += Int64(count)
    }
  }

  private static func text(of line: [UInt8]) -> String? {
    (try? JSON.parse(line))?["text"]?.stringValue
  }
}
