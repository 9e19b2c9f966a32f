/// Texts laid out as C wants them: one block of memory, each text ended by a zero byte.
struct CStringList {
  private var bytes: [UInt8] = []
  private var offsets: [Int?] = []

  /// Adds a text that holds no zero byte, or a null pointer.
  mutating func append(_ text: (some Sequence<UInt8>)?) {
    guard let text else {
      offsets.append(nil)
      return
    }
    offsets.append(bytes.count)
    bytes.append(contentsOf: text)
    bytes.append(0)
  }

  mutating func append(_ text: String) {
    append(text.utf8)
  }

  /// Lends the pointers; they end with the call.
  func withPointers<Result, Failure: Error>(
    _ body: (UnsafePointer<UnsafePointer<CChar>?>?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // The closures of the standard library throw anything, hence the detour by a local variable.
    var outcome: Swift.Result<Result, Failure>?
    unsafe bytes.withUnsafeBytes { block in
      let pointers = unsafe offsets.map { offset in
        unsafe offset.flatMap { offset in
          unsafe block.baseAddress.map { base in
            unsafe (base + offset).assumingMemoryBound(to: CChar.self)
          }
        }
      }
      unsafe pointers.withUnsafeBufferPointer { list in
        do throws(Failure) {
          outcome = .success(try unsafe body(list.baseAddress))
        } catch {
          outcome = .failure(error)
        }
      }
    }
    guard let outcome else { preconditionFailure("the body was not called") }
    return try outcome.get()
  }

  /// Overwrites the texts.
  mutating func wipe() {
    for index in bytes.indices { bytes[index] = 0 }
  }
}
