import FoundationEssentials
import Postgres
import StrictJSON

/// What a session may do that a sign-in by password has just begun.
struct SessionRole {
  let role: Role
  /// An administrator's account that has no second factor on, and so signs in as anybody's.
  private let lacksFactor: Bool

  /// To be sent in the sign-in's own pipeline, after it.
  static func begin(_ session: UUID) -> SQL {
    "SELECT role, lacks_factor FROM breath.begin_session_role(\(session))"
  }

  /// - Parameter row: what `begin` answered.
  init(_ row: Row) throws(PostgresError) {
    role = try Role(row)
    lacksFactor = try row["lacks_factor"]
  }

  /// The grant, and for administrators what they are now or what is missing.
  func noted(in grant: JSON) -> JSON {
    guard var members = grant.object else { return grant }
    if role == .admin { members["role"] = .string(role.rawValue) }
    if lacksFactor {
      members["notice"] = [
        "code": "admin_needs_second_factor",
        "detail": """
        This account is an administrator's, but without a second factor it signs in as anybody's. Turn one on (POST \
        /v1/auth/totp) and sign in again with its code.
        """,
      ]
    }
    return .object(members)
  }
}

extension Role {
  /// - Parameter row: role. What is unknown may do the least.
  init(_ row: Row) throws(PostgresError) {
    let name: String = try row["role"]
    self = Role(rawValue: name) ?? .person
  }
}
