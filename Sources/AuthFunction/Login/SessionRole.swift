import Backend
import FoundationEssentials
import Postgres
import StrictJSON

/// What a session may do that a sign-in by password has just begun.
struct SessionRole {
  let role: Role
  /// An administrator's account that has no second factor on, and so signs in as anybody's.
  fileprivate let lacksFactor: Bool

  /// To be sent in the sign-in's own pipeline, after it.
  static func begin(_ session: UUID) -> Pipeline<SessionRole> {
    Pipeline(
      "SELECT role, lacks_factor FROM breath.begin_session_role(\(session))",
      row: { row in SessionRole(role: try Role(row), lacksFactor: try row["lacks_factor"]) })
  }

  func given(to admitted: Admitted) -> Admitted {
    var given = admitted
    given.role = role
    return given
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
  /// - Parameter row: role. One that only a later version of the program knows may do the least.
  init(_ row: Row) throws(PostgresError) {
    let name: String = try row["role"]
    self = Role(rawValue: name) ?? .person
  }
}
