package import SQLText
package import Values

/// How long work on a table may take, by nothing but its size.
///
/// The rates are those that servers from a small virtual machine to a fast one reach; what else the
/// server does, and how wide the rows are, decides where between them it is.
package enum WorkEstimate {
  /// Bytes a second, slowest and fastest; nothing where the size does not tell.
  private static func rate(_ kind: TableWork.Kind) -> ClosedRange<Double>? {
    switch kind {
    case .rewrite: 10e6...100e6
    case .indexBuild: 20e6...200e6
    case .scan: 100e6...2000e6
    // It depends on how many of the rows are changed.
    case .rows: nil
    }
  }

  /// The shortest and the longest time that is likely.
  package static func time(_ kind: TableWork.Kind, bytes: Int) -> ClosedRange<TimeSpan>? {
    guard let rate = rate(kind) else { return nil }
    func span(_ rate: Double) -> TimeSpan {
      TimeSpan(microseconds: Int64(Double(bytes) / rate * 1e6))
    }
    return span(rate.upperBound)...span(rate.lowerBound)
  }

  /// Such as `3s to 28s by its size`.
  package static func words(_ kind: TableWork.Kind, bytes: Int) -> String {
    guard let time = time(kind, bytes: bytes) else { return "how long is not known" }
    guard time.upperBound >= .seconds(1) else { return "less than 1s by its size" }
    let low = time.lowerBound < .seconds(1) ? "less than 1s" : time.lowerBound.roundedText
    return "\(low) to \(time.upperBound.roundedText) by its size"
  }
}
