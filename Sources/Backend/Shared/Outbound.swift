/// A call to a server that the operator named, never a caller. How it is made is the executable's business: only `auth` brings
/// a client along (docs/decisions/0015).
package struct OutboundCall: Sendable {
  package var method: String
  package var url: String
  package var headers: [(String, String)]
  package var body: [UInt8]
  /// When the answer is of no use any more.
  package var deadline: ContinuousClock.Instant
}

package struct OutboundAnswer: Sendable {
  package let status: Int
  package let body: [UInt8]

  package init(status: Int, body: [UInt8]) {
    self.status = status
    self.body = body
  }
}

/// - Throws: whatever went wrong, in words that may be logged.
package typealias Outbound = @Sendable (OutboundCall) async throws -> OutboundAnswer
