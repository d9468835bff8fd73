import Backend
import Outbox
import StrictJSON

/// `{"email", "password" | "recoveryCode", "device": {…}, "secret"}`; with a second factor on the password and one of
/// `totp` and `recoveryCode`.
struct LoginRequest {
  static let members = Enrolment.members + ["/email", "/password", "/recoveryCode", "/totp"]

  enum Proof {
    case password(String, SecondFactor.Code?)
    case recoveryCode(RecoveryCode)
  }

  let address: EmailAddress
  let proof: Proof
  let device: Enrolment

  init(_ body: JSONNode) throws(JSONMismatch) {
    device = try Enrolment(body)
    address = try EmailAddress(body["email"])
    let code = try SecondFactor.Code(body)
    if case .recovery(let code) = code, !body["password"].exists {
      proof = .recoveryCode(code)
    } else {
      proof = .password(try body["password"].password(), code)
    }
  }
}

extension RecoveryCode {
  init(_ node: JSONNode) throws(JSONMismatch) {
    guard let code = RecoveryCode(try node.string(length: TypedCode.length)) else {
      throw node.mismatch("invalid_code", "must be a code like K7F3Q-29XW4-TD6HM-PBCNR")
    }
    self = code
  }
}
