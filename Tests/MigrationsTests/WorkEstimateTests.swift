import Migrations
import SQLText
import Testing
import Values

@Suite struct WorkEstimateTests {
  @Test func `a time is a range by the size, and not known where the size does not tell`() {
    #expect(WorkEstimate.words(.rewrite, bytes: 1_000_000) == "less than 1s by its size")
    #expect(WorkEstimate.words(.rewrite, bytes: 50_000_000) == "less than 1s to 5s by its size")
    #expect(WorkEstimate.words(.rewrite, bytes: 1 << 30) == "10.7s to 1m47s by its size")
    #expect(WorkEstimate.words(.indexBuild, bytes: 1 << 30) == "5.4s to 53.7s by its size")
    #expect(WorkEstimate.words(.scan, bytes: 1 << 40) == "9m9s to 3h3m by its size")
    #expect(WorkEstimate.words(.rows, bytes: 1 << 30) == "how long is not known")
  }
}
