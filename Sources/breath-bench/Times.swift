/// Times of many repetitions.
struct Times {
  private(set) var values: [Duration] = []

  mutating func add(_ time: Duration) { values.append(time) }

  /// In milliseconds, by nearest rank; 0 when there are none.
  func quantile(_ share: Double) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    let rank = Int((share * Double(sorted.count)).rounded(.up))
    return sorted[min(max(rank - 1, 0), sorted.count - 1)] / .milliseconds(1)
  }

  /// Two lines: the median and the 95th percentile.
  func figures(_ what: String, p50: Target? = nil, p95: Target? = nil, method: String) -> [Figure] {
    [
      Figure(what: "\(what), p50", value: quantile(0.5), unit: "ms", target: p50, method: method),
      Figure(what: "\(what), p95", value: quantile(0.95), unit: "ms", target: p95, method: "\(values.count) times"),
    ]
  }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return 0 }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
