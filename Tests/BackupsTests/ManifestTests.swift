import Testing
import Values

@testable import Backups

extension Manifest {
  static func test(taken: Time = Time("2026-11-28T10:13:00Z") ?? .now(), key: String = "RUN/do:1")
    -> Manifest
  {
    var manifest = Manifest(
      database: "shop",
      label: "shop on 127.0.0.1:5432",
      taken: taken,
      format: .custom,
      recipient: nil,
      serverVersion: "15.18",
      dumpVersion: "15.18",
      lsn: "0/1A2B3C",
      schemaVersion: nil,
      databaseSize: 8_000_000,
      locale: .init(encoding: "UTF8", collate: "C.UTF-8", ctype: "C.UTF-8", icu: nil),
      roles: ["app", "we ird\"role"],
      extensions: [.init(name: "plpgsql", version: "1.0")],
      key: key
    )
    manifest.files = [.init(name: "database.dump", size: 3, sha256: "ab")]
    manifest.tables = [
      .init(schema: "public", name: "orders", rows: 12, checksum: "-99999999999999999999"),
      .init(schema: "a b", name: "", rows: 0, checksum: nil),
    ]
    return manifest
  }
}

@Suite struct ManifestTests {
  @Test func `a manifest is read as it was written`() throws {
    var manifest = Manifest.test()
    #expect(try Manifest(bytes: manifest.bytes) == manifest)
    manifest.recipient = "age1x"
    manifest.schemaVersion = "20261128_init"
    manifest.rolesMissing = "permission denied"
    manifest.locale.icu = "de-DE"
    #expect(try Manifest(bytes: manifest.bytes) == manifest)
    #expect(manifest.archive == "database.dump.age")
    #expect(manifest.rows == 12)
  }

  @Test(arguments: ["../other", "/etc/passwd", "a/../../b", "", "a//b", "./a", "a\0b"])
  func `a file outside of its folder is refused`(_ name: String) {
    var manifest = Manifest.test()
    manifest.files = [.init(name: name, size: 1, sha256: "ab")]
    #expect(throws: Failure.self) { try Manifest(bytes: manifest.bytes) }
  }

  @Test func `what lacks something, or is of another form, says so`() throws {
    func message(_ text: String) -> String {
      do throws(Failure) {
        _ = try Manifest(bytes: Array(text.utf8))
        return ""
      } catch {
        return error.message
      }
    }
    #expect(message("{") == "the manifest is no JSON")
    #expect(message(#"{"manifest":2}"#).contains("of a form that this opsh does not know"))
    let whole = String(decoding: Manifest.test().bytes, as: UTF8.self)
    #expect(
      message(whole.replacing(#""format":"custom""#, with: #""format":"tar""#))
        == "the manifest's 'format' is missing or wrong"
    )
    #expect(
      message(whole.replacing(#""rows":12"#, with: #""rows":-1"#))
        == "the manifest's 'rows' is missing or wrong"
    )
  }
}

@Suite struct RetentionTests {
  private func entry(_ name: String, _ taken: Int64, _ level: TrustLevel = .present)
    -> Retention.Entry
  {
    .init(name: name, taken: taken, level: level)
  }

  @Test func `the newest stay and the others go, oldest first`() {
    let all = (1...5).map { entry("b\($0)", Int64($0), .readable) }
    #expect(Retention.excess(all.shuffled(), keep: 2) == ["b1", "b2", "b3"])
    #expect(Retention.excess(all, keep: 5) == [])
    #expect(Retention.excess([], keep: 3) == [])
  }

  @Test func `the last one never goes, whatever was asked for`() {
    #expect(Retention.excess([entry("a", 1), entry("b", 2)], keep: 0) == ["a"])
  }

  @Test func `the newest that was proved best stays, however old it is`() {
    let all = [
      entry("older", 1, .compared), entry("proved", 2, .compared), entry("c", 3), entry("d", 4),
      entry("e", 5, .readable),
    ]
    #expect(Retention.excess(all, keep: 1) == ["older", "c", "d"])
  }

  @Test func `a damaged one takes no place and is left for a person to look at`() {
    let all = [entry("a", 1), entry("b", 2, .damaged), entry("c", 3, .damaged)]
    #expect(Retention.excess(all, keep: 1) == [])
    #expect(Retention.excess(all + [entry("d", 4)], keep: 1) == ["a"])
  }
}
