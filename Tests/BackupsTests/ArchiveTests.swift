import Testing
import Values

@testable import Backups

@Suite struct ArchiveTests {
  @Test func `the first bytes tell what a file is`() {
    #expect(ArchiveHeader(bytes: Array("PGDMP".utf8) + [1, 14, 0]) == .custom(major: 1, minor: 14))
    #expect(
      ArchiveHeader(bytes: Array("PGDMP".utf8) + [1, 16, 0], isFolder: true)
        == .directory(major: 1, minor: 16)
    )
    #expect(ArchiveHeader(bytes: Array("--\n-- PostgreSQL database dump\n--\n".utf8)) == .plain)
    #expect(ArchiveHeader(bytes: Array("age-encryption.org/v1\n".utf8)) == .encrypted)
    #expect(ArchiveHeader(bytes: Array("PGDMP".utf8)) == .unknown)
    #expect(ArchiveHeader(bytes: []) == .unknown)
  }

  @Test func `a listing gives versions, kinds and owners`() {
    let listing = ArchiveListing(
      """
      ;
      ; Archive created at 2026-11-28 10:13:00 UTC
      ;     dbname: shop
      ;     Dumped from database version: 15.18 (Debian 15.18-0+deb12u1)
      ;     Dumped by pg_dump version: 15.20
      ;
      3345; 1262 16384 DATABASE - shop owner
      215; 1259 16386 TABLE public orders app
      3340; 0 16386 TABLE DATA public orders app
      3341; 0 16390 TABLE DATA public order items app
      2; 3079 16400 EXTENSION - pgcrypto 
      """
    )
    #expect(listing.database == "shop")
    #expect(listing.serverVersion == "15.18")
    #expect(listing.dumpVersion == "15.20")
    #expect(listing.tableCount == 2)
    #expect(
      listing.entries.map(\.kind) == [
        "DATABASE", "TABLE", "TABLE DATA", "TABLE DATA", "EXTENSION",
      ]
    )
    #expect(listing.entries[3].rest == "public order items app")
    #expect(listing.entries[1].owner == "app")
  }

  private func problem(head: String, tail: String) -> String? {
    do throws(Failure) {
      try PlainDump.check(head: head, tail: tail, "f.sql")
      return nil
    } catch {
      return error.message
    }
  }

  @Test func `a plain dump is whole only with its last line`() {
    let end = "\n--\n-- PostgreSQL database dump complete\n--\n\n"
    #expect(problem(head: "--\n", tail: "1\tx\n\\.\n" + end) == nil)
    #expect(problem(head: "--\n", tail: "1\tx\n2\tye") != nil)
    #expect(
      problem(head: "--\n", tail: end + "drop table x;\n")?.contains("goes on behind") == true
    )
    let head = "--\n-- PostgreSQL database dump\n--\n\n\\restrict aB3\n"
    #expect(problem(head: head, tail: end + "\\unrestrict aB3\n\n") == nil)
    #expect(problem(head: head, tail: end)?.contains("\\unrestrict") == true)
    #expect(problem(head: head, tail: end + "\\unrestrict other\n")?.contains("\\unres") == true)
    #expect(
      problem(head: "--\n", tail: "x")
        == "f.sql is cut off: its last line, '-- PostgreSQL database dump complete', is missing"
    )
  }

  @Test func `progress counts a table when it is through`() {
    var serial = DumpProgress(isParallel: false)
    serial.take("pg_dump: reading schemas")
    #expect(serial.tablesDone == 0)
    serial.take(#"pg_dump: dumping contents of table "public.orders""#)
    #expect(serial.tablesDone == 0)
    #expect(serial.current == "public.orders")
    serial.take(#"pg_dump: dumping contents of table "public.items""#)
    #expect(serial.tablesDone == 1)
    serial.end()
    #expect(serial.tablesDone == 2)
    var parallel = DumpProgress(isParallel: true)
    for line in [
      #"pg_dump: dumping contents of table "a""#, #"pg_dump: dumping contents of table "b""#,
      "pg_dump: finished item 3345 TABLE DATA b", "pg_dump: finished item 3346 INDEX b_key",
      "pg_restore: finished item 3344 TABLE DATA a",
    ] { parallel.take(line) }
    #expect(parallel.tablesDone == 2)
    parallel.end()
    #expect(parallel.tablesDone == 2)
  }

  @Test func `versions of programs are read and compared, and known faults are named`() {
    #expect(ClientVersion("pg_dump (PostgreSQL) 15.18 (Debian 15.18-1)")?.description == "15.18")
    #expect(ClientVersion("pg_dump (PostgreSQL) 18beta1")?.description == "18.0")
    #expect(ClientVersion("nothing") == nil)
    #expect(ClientVersion(major: 9, minor: 6) < ClientVersion(major: 15, minor: 1))
    #expect(ClientVersion(major: 15, minor: 18).warnings.count == 2)
    #expect(ClientVersion(major: 15, minor: 19).warnings.count == 1)
    #expect(ClientVersion(major: 15, minor: 20).warnings.isEmpty)
    #expect(
      ClientVersion(major: 15, minor: 19).warnings.first
        == "the client programs are 15.19, older than 15.20: a crafted archive can run code in pg_restore (CVE-2026-116314)"
    )
  }
}
