import FoundationEssentials
import FunctionRuntime
import Postgres
import StrictJSON

/// `/v1/auth/consents`: what a person agreed to share, when, on which machine, and by which text. Nothing is shared that is
/// not on this list.
extension AuthEndpoint {
  func listConsents(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let (results, headers) = try services.pipeline(
      for: caller, locking: false, AuthEndpoint.consents(of: caller), context)
    return Reply(200, json: try JSON(consents: results[...]), headers: headers)
  }

  /// `POST` `{"subject": "detail" | "social", "choice", "textVersion"}`. Another choice of detail does what
  /// `PUT /v1/sync/detail` does.
  func recordConsent(_ request: Request, _ context: Context) async throws -> Reply {
    let services = try await endpoint.services()
    let caller = try await services.authenticator.caller(of: request)
    let consent = try Consent(try request.object(of: ["/subject", "/choice", "/textVersion"]))
    let (results, headers) = try services.pipeline(
      for: caller, locking: true,
      [
        """
        SELECT removed_sessions, kept_days FROM breath.record_consent(
          \(caller.account.uuid), \(caller.device.uuid), \(consent.subject), \(consent.choice), \(consent.textVersion))
        """
      ] + AuthEndpoint.consents(of: caller), context)
    var json = try JSON(consents: results[1...]).object ?? JSONObject()
    let change = try results[0].only
    json["removedSessions"] = .integer(try change["removed_sessions"])
    json["keptDays"] = .integer(try change["kept_days"])
    return Reply(200, json: .object(json), headers: headers)
  }

  /// What holds, and how it came to be, the newest first.
  private static func consents(of caller: Caller) -> [SQL] {
    [
      "SELECT detail, social FROM breath.accounts WHERE account_id = \(caller.account.uuid)",
      """
      SELECT recorded_at, device_id, subject, choice, text_version FROM breath.consents
      WHERE account_id = \(caller.account.uuid)
      ORDER BY recorded_at DESC
      LIMIT \(Consent.historyMax)
      """,
    ]
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

extension JSON {
  /// - Parameter results: of what holds, and of how it came to be.
  fileprivate init(consents results: ArraySlice<ResultSet>) throws {
    let now = try results[results.startIndex].only
    let history = try results[results.startIndex + 1].map { row throws in
      let (recorded, device): (Date, UUID) = (try row["recorded_at"], try row["device_id"])
      let textVersion: String? = try row["text_version"]
      return [
        "at": JSON(recorded), "device": .string(device.lowercased), "subject": .string(try row["subject"]),
        "choice": .string(try row["choice"]), "textVersion": JSON(textVersion),
      ] as JSON
    }
    self = [
      "detail": .string(try now["detail"]), "social": .bool(try now["social"]), "history": .array(history),
    ]
  }
}
