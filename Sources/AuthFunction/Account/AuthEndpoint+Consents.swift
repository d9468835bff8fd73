import Backend
import FoundationEssentials
import FunctionRuntime
import Postgres
import Practice
import StrictJSON

/// `/v1/auth/consents`: what a person agreed to share, when, on which machine, and by which text. Nothing is shared that is
/// not on this list.
extension AuthEndpoint {
  func listConsents(_ signedIn: SignedIn) async throws -> Reply {
    Reply(200, json: .object(try signedIn.read(AuthEndpoint.consents(of: signedIn.caller))))
  }

  /// `POST` `{"subject": "detail" | "social", "choice", "textVersion"}`. Another choice of detail does what
  /// `PUT /v1/sync/detail` does.
  func recordConsent(_ signedIn: SignedIn) async throws -> Reply {
    let consent = try Consent(try signedIn.request.object(of: ["/subject", "/choice", "/textVersion"]))
    let (change, consents) = try signedIn.write(
      consent.recording(by: signedIn.caller), AuthEndpoint.consents(of: signedIn.caller))
    var json = consents
    json["removedSessions"] = .integer(change.removedSessions)
    json["keptDays"] = .integer(change.keptDays)
    return Reply(200, json: .object(json))
  }

  /// What holds, and how it came to be, the newest first.
  private static func consents(of caller: Caller) -> Pipeline<JSONObject> {
    let now = Pipeline(
      "SELECT detail, social FROM breath.accounts WHERE account_id = \(caller.account.uuid)",
      row: { row in (detail: try row["detail"] as String, social: try row["social"] as Bool) })
    let history = Pipeline(
      """
      SELECT recorded_at, device_id, subject, choice, text_version FROM breath.consents
      WHERE account_id = \(caller.account.uuid)
      ORDER BY recorded_at DESC
      LIMIT \(Consent.historyMax)
      """, each: { row in try JSON(consent: row) })
    return Pipeline(joining: now, history).map { now, history in
      JSONObject([("detail", .string(now.detail)), ("social", .bool(now.social)), ("history", .array(history))])
    }
  }
}

/// A choice that somebody makes.
struct Consent {
  let subject, choice, textVersion: String

  static let historyMax = 200
  static let choices = ["detail": Detail.allCases.map(\.rawValue), "social": ["granted", "withdrawn"]]

  init(_ body: JSONNode) throws(JSONMismatch) {
    subject = try body["subject"].string(length: 1...32)
    guard let choices = Consent.choices[subject] else {
      throw body["subject"].mismatch("unknown_subject", "must be \"detail\" or \"social\"")
    }
    choice = try body["choice"].string(length: 1...32)
    guard choices.contains(choice) else {
      throw body["choice"].mismatch("unknown_choice", "must be \"\(choices[0])\" or \"\(choices[1])\"")
    }
    textVersion = try body["textVersion"].string(length: 1...32)
    guard textVersion.utf8.allSatisfy(Consent.isPlain) else {
      throw body["textVersion"].mismatch("invalid_version", "must name the text that was shown, as 2026-11-24")
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }
}

extension Consent {
  /// Answers what of the practice a choice of less detail took away.
  fileprivate func recording(by caller: Caller) -> Pipeline<(removedSessions: Int64, keptDays: Int64)> {
    Pipeline(
      """
      SELECT removed_sessions, kept_days FROM breath.record_consent(
        \(caller.account.uuid), \(caller.device.uuid), \(subject), \(choice), \(textVersion))
      """, row: { row in (try row["removed_sessions"], try row["kept_days"]) })
  }
}

extension JSON {
  fileprivate init(consent row: Row) throws(PostgresError) {
    let (recorded, device): (Date, UUID) = (try row["recorded_at"], try row["device_id"])
    let textVersion: String? = try row["text_version"]
    self = [
      "at": JSON(recorded), "device": .string(device.lowercased), "subject": .string(try row["subject"]),
      "choice": .string(try row["choice"]), "textVersion": JSON(textVersion),
    ]
  }
}
