package import FoundationEssentials

/// What the runtime takes from outside, so that tests can decide it.
package struct World {
  package var now: () -> Date = { Date() }
  package var instant: () -> ContinuousClock.Instant = { .now }
  /// From the system's generator, which is fit for secrets.
  package var random: () -> UInt64 = { .random(in: .min ... .max) }
  package var environment = Environment.process
  /// The descriptor log lines go to.
  package var logDescriptor: Int32 = 2

  package init() {}

  /// `count` random hexadecimal digits; at most 16 come from one draw.
  func hex(digits count: Int) -> String {
    var text = ""
    while text.utf8.count < count { text += hexadecimal(random()) }
    return String(text.prefix(count))
  }

  private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
