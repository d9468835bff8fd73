import Postgres

/// What came of a user code that a person typed (`breath.find_device_grant`, `breath.decide_device_grant`).
package enum UserCodeOutcome: String, CaseIterable, PostgresDecodable {
  case found, unknown
  /// Too many wrong ones were typed.
  case locked
  /// The device that asks is at home in another account.
  case elsewhere
}

/// What a device is told that asks whether it may come in (`breath.poll_device_grant`): that it may, or RFC 8628's error.
package enum PollOutcome: String, CaseIterable, PostgresDecodable {
  case granted
  case pending = "authorization_pending"
  case tooEarly = "slow_down"
  case denied = "access_denied"
  case expired = "expired_token"
  case invalid = "invalid_grant"
}
