private import Dispatch
internal import Glibc
internal import Values

/// Turns SIGINT, SIGTERM and SIGHUP into a cancellation while something runs.
final class Interruption {
  private let sources: [any DispatchSourceSignal]

  init(_ cancellation: Cancellation) {
    let queue = DispatchQueue(label: "opsh.signals")
    sources = [
      (SIGINT, Cancellation.Reason.interrupted), (SIGTERM, .terminated), (SIGHUP, .terminated),
    ]
    .map { number, reason in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { cancellation.cancel(reason) }
      source.resume()
      return source
    }
  }

  func end() {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
  }
}
