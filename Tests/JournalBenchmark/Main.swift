import Glibc
import Journals
import Sinks
import Values

/// Prints what the record of an effect costs, for `scripts/bench`: intent and outcome, each on the disk,
/// beside two bare appends of the same bytes, each synced, to a file beside it.
///
/// Usage: JournalBenchmark FOLDER, which must be on the file system in question and not exist yet.
@main struct JournalBenchmark {
  static let turns = 1000

  static func main() throws {
    guard let folder = CommandLine.arguments.dropFirst().first else {
      fatalError("give a folder that does not exist yet")
    }
    let journal = try RunStore(path: folder).create(
      id: RunID.make(at: Time.now()),
      texts: [],
      fields: [],
      registry: SecretRegistry()
    )
    let bare = try Bare(folder + "/bare")
    var (ours, theirs): ([Int64], [Int64]) = ([], [])
    for turn in 0..<turns {
      let path = "step 3/for:\(turn)/0"
      var start = Time.monotonicMicroseconds()
      let intent = try journal.append(.intent, Self.intent(path), durable: true)
      let outcome = try journal.append(.outcome, Self.outcome(path), durable: true)
      ours.append(Time.monotonicMicroseconds() - start)
      let lines = [intent, outcome].map { record in
        record.json.bytes(isCanonical: true) + [UInt8](repeating: 0x20, count: 66)
      }
      start = Time.monotonicMicroseconds()
      for line in lines { bare.append(line) }
      theirs.append(Time.monotonicMicroseconds() - start)
    }
    let (mine, other) = (median(ours), median(theirs))
    print("intent and outcome \(mine) µs")
    print("two bare appends \(other) µs")
    print("times \((Double(mine) / Double(other) * 100).rounded() / 100)")
  }

  private static func median(_ times: [Int64]) -> Int64 { times.sorted()[times.count / 2] }

  /// As a statement on a database leaves them.
  private static func intent(_ path: String) -> [JSON.Member] {
    [
      .init("by_hand", ["psql -c 'update orders set state = 2 where id = 17'"]),
      .init("class", "marked"), .init("path", .string(path)),
      .init(
        "plan",
        [
          "arguments": ["expecting": 1, "statement": "update orders set state = 2 where id = 17"],
          "effect": "change", "member": "database.execute",
          "target": ["environment": "production", "identity": "main", "kind": "database"],
        ]
      ), .init("summary", "execute update in orders"),
    ]
  }

  private static func outcome(_ path: String) -> [JSON.Member] {
    [
      .init("evidence", ["rows": 1]), .init("outcome", "ok"), .init("path", .string(path)),
      .init("value", ["rows": 1]),
    ]
  }
}

/// A file to which bytes are appended and synced, and nothing else.
private struct Bare {
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = unsafe open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { fatalError("\(path) can not be made") }
  }

  func append(_ bytes: [UInt8]) {
    let count = unsafe bytes.withUnsafeBytes {
      unsafe write(descriptor, $0.baseAddress, $0.count)
    }
    guard count == bytes.count, fdatasync(descriptor) == 0 else { fatalError("not written") }
  }
}
