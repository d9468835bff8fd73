import Backend
import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// `GET /v1/admin/session`: whether this sign-in may do what is for administrators, and since when its account may.
extension AdminEndpoint {
  func session(_ signedIn: SignedIn) throws -> Reply {
    let since = try signedIn.read(
      Pipeline(
        "SELECT breath.admin_since(\(signedIn.caller.account.uuid)) AS since", row: { try $0["since"] as Date? }))
    // Taken away since the prologue, which is a statement of its own.
    guard let since else { throw Problem.adminRequired }
    return Reply(200, json: ["role": .string(Role.admin.rawValue), "since": JSON(since)])
  }
}
