/// Where numbers stand on an axis from 0 on.
package struct Axis: Sendable {
  package let step: Double
  package let end: Double

  /// Some four steps of 1, 2 or 5 times a power of ten, that reach beyond `highest`.
  package init(upTo highest: Double) {
    var power = 1.0
    while power * 10 <= max(highest, 0.001) / 4 { power *= 10 }
    while power > max(highest, 0.001) / 4 { power /= 10 }
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 * 4.5 >= highest } ?? power * 10
    self.step = step
    end = (highest / step).rounded(.up) * step
  }

  package var ticks: [Double] { Array(stride(from: 0, through: end + step / 2, by: step)) }
}
