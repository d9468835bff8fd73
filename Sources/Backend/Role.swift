import Postgres

/// What a session may do, in the words of the access token's claim.
package enum Role: String, PostgresDecodable, Sendable {
  case person
  /// An account that the operator made an administrator, signed in with password and second factor
  /// (docs/decisions/0017). Whether it still is one, the database says in the pipeline.
  case admin
}
