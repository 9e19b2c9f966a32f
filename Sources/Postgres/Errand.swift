private import CLibPQ

/// A call that can only be waited for on a thread of its own; its memory is released with it.
@safe struct Errand: ~Copyable {
  private let raw: OpaquePointer

  init(_ raw: OpaquePointer?) throws(PostgresError) {
    guard let raw = unsafe raw else { throw .libraryUnusable("out of memory or descriptors") }
    unsafe self.raw = raw
  }

  deinit { unsafe opsh_pg_errand_release(raw) }

  /// Becomes readable when the call is done.
  var descriptor: Int32 { unsafe opsh_pg_errand_descriptor(raw) }

  /// What went wrong, once done.
  var failure: String? {
    unsafe opsh_pg_errand_failure(raw).map { unsafe String(cString: $0).joinedLines }
  }

  /// The addresses found, once done.
  var addresses: [String] {
    let text = unsafe opsh_pg_errand_addresses(raw).map { unsafe String(cString: $0) } ?? ""
    return text.split(separator: ",").map(String.init)
  }
}
