package import Postgres

/// How many bytes an account without a sign-in of its own may send to be stored: so many at once, then so many a day.
/// It makes filling a disk with such accounts slow; what one account may hold in all is bounded apart (decision 25).
package struct ByteLimit: Sendable {
  /// More than ten years of practice on ten machines come to.
  let burstBytes: Double
  let bytesADay: Double

  private static let name = "bytes"
  private static let megabyte = 1_048_576.0
  /// Smaller requests are charged so much, but only as often as makes the same on the average: what one session costs
  /// to store is not worth a write of its own.
  private static let chargedBytesMin = 65_536

  /// - Parameter factor: as of `RateLimits`.
  init(factor: Double) {
    burstBytes = 64 * ByteLimit.megabyte * factor
    bytesADay = 16 * ByteLimit.megabyte * factor
  }

  /// Ends the pipeline with SQLSTATE BM429 when it is too much. In a pipeline that has entered the account.
  /// - Returns: nothing to send when this request is not charged.
  package func charge(_ account: AccountID, bytes: Int) -> Pipeline<Void> {
    guard bytes > Int.random(in: 0..<ByteLimit.chargedBytesMin) else { return Pipeline(of: ()) }
    let charged = Int64(max(bytes, ByteLimit.chargedBytesMin))
    let key = RateLimit(name: ByteLimit.name, burst: 1, perMinute: 1).key(account.uuid.lowercased)
    return Pipeline(
      "SELECT breath.charge_bytes(\(account.uuid), \(key), \(charged), \(bytesADay), \(burstBytes))")
  }
}
