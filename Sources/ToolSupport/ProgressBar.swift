/// How far something long has come: a bar on a terminal, a line for every tenth elsewhere.
package struct ProgressBar {
  package let total: Int
  package let unit: String
  private var tenthsShown = 0

  package init(total: Int, unit: String) {
    self.total = total
    self.unit = unit
  }

  package mutating func show(_ done: Int) {
    let counts = "\(done.grouped) of \(total.grouped) \(unit)"
    if Terminal.isInteractive {
      Terminal.write("\r\u{1B}[K\(Bar.drawn(Int64(done), of: Int64(total), width: 30))  \(counts)")
      if done == total { Terminal.write("\r\u{1B}[K") }
    } else if done * 10 / total > tenthsShown {
      tenthsShown = done * 10 / total
      Terminal.write(counts + "\n")
    }
  }
}

package enum Bar {
  package static func drawn(_ part: Int64, of whole: Int64, width: Int) -> String {
    let filled = whole <= 0 ? width : Int(Double(max(0, min(part, whole))) / Double(whole) * Double(width))
    return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
  }
}

extension BinaryInteger {
  /// With a comma between the thousands.
  package var grouped: String {
    let digits = Array("\(magnitude)")
    let pieces = stride(from: digits.count, to: 0, by: -3).map { String(digits[max(0, $0 - 3)..<$0]) }
    return (self < 0 ? "-" : "") + pieces.reversed().joined(separator: ",")
  }
}
