import HTTP
@testable import Providers
import Stack
import Testing

/// What an application says of itself, and what only looks as if it did.
@Suite struct HealthReportTests {
  private func report(_ body: String, status: Int = 200) throws -> HealthReport {
    let url = try URL(parsing: "http://127.0.0.1:1/api/health")
    let full = Response(status: status, body: Array(body.utf8), url: url)
    let plain = Response(status: status, url: url)
    return HealthEndpoints.report(
      live: .success(plain),
      ready: .success(plain),
      full: .success(full)
    )
  }

  @Test(arguments: [
    "{\"status\": \"ok\"}", "{\"status\": \"healthy\", \"checks\": {}}", "{}", "", "OK", "ok\n",
    " Healthy ",
  ])
  func `well is who says so, or says nothing with a 200`(_ body: String) throws {
    let report = try report(body)
    #expect(report.status == "ok" && report.reason == nil)
  }

  @Test(arguments: [
    "<html>Sign in</html>", "\u{1}garbage", "ok, probably", "not ok", "{\"status\":",
  ])
  func `a 200 of somebody in between is not health`(_ body: String) throws {
    let report = try report(body)
    #expect(report.status == "degraded")
    #expect(report.reason == "it answered 200 with something that is not JSON")
  }

  @Test(arguments: [("down", 200), ("{\"status\": \"unhealthy\"}", 200), ("OK", 503), ("", 404)])
  func `down is who says so, by word or by number`(_ body: String, _ status: Int) throws {
    #expect(try report(body, status: status).status == "down")
  }
}
