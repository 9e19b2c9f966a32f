private import CLibCurl

/// Owns a multi handle of libcurl and with it the connections that stay open between requests.
///
/// Unchecked because libcurl's handle is no Sendable value: ``Client`` lends each one to a single
/// call at a time and moves it between threads only under its lock.
@safe final class MultiHandle: @unchecked Sendable {
  private let raw: OpaquePointer

  init() throws(HTTPError) {
    if let reason = unsafe clibcurl_open() {
      throw .libraryUnavailable(unsafe String(cString: reason))
    }
    guard let raw = unsafe clibcurl_multi_create() else {
      throw .libraryUnavailable("libcurl gives no handle: out of memory")
    }
    unsafe self.raw = unsafe raw
  }

  deinit { unsafe clibcurl_multi_destroy(raw) }

  /// Starts a transfer; returns what is wrong if it can not start.
  func add(_ transfer: TransferHandle) -> String? {
    unsafe Self.text(clibcurl_multi_add(raw, transfer.raw))
  }

  func remove(_ transfer: TransferHandle) {
    unsafe clibcurl_multi_remove(raw, transfer.raw)
  }

  /// Moves what can move without waiting; returns what is wrong if nothing can any more.
  func perform() -> String? {
    unsafe Self.text(clibcurl_multi_perform(raw))
  }

  /// A transfer that has come to its end since the last call, and how.
  func nextFinished() -> (id: TransferHandle.ID, ending: TransferEnding)? {
    var result: Int32 = 0
    guard let finished = unsafe clibcurl_multi_next_finished(raw, &result) else { return nil }
    return (unsafe TransferHandle.ID(finished), TransferEnding(code: result))
  }

  /// Waits until a socket moves or the time has passed; true if the caller gave up.
  func wait(cancelOn descriptor: Int32?, milliseconds: Int32) -> Bool {
    var isCancelled = false
    _ = unsafe clibcurl_multi_wait(raw, descriptor ?? -1, milliseconds, &isCancelled)
    return isCancelled
  }

  private static func text(_ reason: UnsafePointer<CChar>?) -> String? {
    unsafe reason.map { unsafe String(cString: $0) }
  }
}

/// How a transfer ended, in the kinds that callers treat differently.
enum TransferEnding: Equatable {
  case answered, cancelled, connectionLost, failed, headersTooLarge, malformed, nameNotResolved
  case notConnected, timedOut, tlsFailed, tooLarge

  init(code: Int32) {
    self =
      switch Int(code) {
      case CLIBCURL_OK: .answered
      case CLIBCURL_NAME_NOT_RESOLVED: .nameNotResolved
      case CLIBCURL_NOT_CONNECTED: .notConnected
      case CLIBCURL_TIMED_OUT: .timedOut
      case CLIBCURL_TLS_FAILED: .tlsFailed
      case CLIBCURL_CONNECTION_LOST: .connectionLost
      case CLIBCURL_MALFORMED: .malformed
      case CLIBCURL_TOO_LARGE: .tooLarge
      case CLIBCURL_HEADERS_TOO_LARGE: .headersTooLarge
      case CLIBCURL_CANCELLED: .cancelled
      default: .failed
      }
  }
}
