import Foundation
import FunctionRuntime
import Postgres
import StrictJSON
import TestSupport
import Testing

/// The sample events give the replies that stand beside them, in one fixed order through the built executables.
///
/// `BREATH_GOLDEN_RECORD=folder` writes what comes there instead, to be looked at and put beside a new event.
@Suite struct GoldenTests {
  @Test func `every event has its reply and its place in the order`() throws {
    for function in FunctionName.onTheWeb {
      let (events, replies) = try GoldenCase.files(of: function)
      let listed = GoldenCase.order.filter { $0.function == function }.map(\.name).sorted()
      #expect(events == listed && replies == listed, "\(function)")
    }
  }

  @Test func `every event is one pretty-printed object in raw form`() throws {
    for golden in GoldenCase.order {
      let text = try golden.event()
      let http = try JSON(parsing: text, limits: .trusted)["http"]
      #expect(text.contains("\n  \"http\": {\n"), "\(golden)")
      let members = Set(http?.object?.members.map(\.key) ?? [])
      #expect(members == ["method", "path", "headers", "queryString", "body", "isBase64Encoded"], "\(golden)")
    }
  }

  @Test func `each event gets the reply that is recorded beside it`() throws {
    try forget(
      devices: ["0a", "0b", "0d", "0e", "0f", "10", "11", "12"].map { "0198c2a0-0000-7000-8000-0000000000\($0)" })
    var values: [String: String] = [:]
    let gitHub = try GitHubStandIn()
    let environment = gitHub.environment.merging(["BREATH_CORS_ORIGINS": "https://app.example"]) { $1 }
    let processes = Dictionary(
      uniqueKeysWithValues: try FunctionName.onTheWeb.map { ($0, try Executable($0, environment)) })
    for golden in GoldenCase.order {
      let process = try #require(processes[golden.function])
      try process.send(values.reduce(try golden.event()) { $0.replacing("${\($1.key)}", with: $1.value) })
      let reply = try process.reply()
      if let folder = ProcessInfo.processInfo.environment["BREATH_GOLDEN_RECORD"] {
        try reply.line.write(
          toFile: "\(folder)/\(golden.function.rawValue).\(golden.name).json", atomically: true, encoding: .utf8)
        try remember(golden.name, reply, &values)
        continue
      }
      let match = GoldenMatch(reply.json, try golden.reply())
      #expect(match.differences.isEmpty, "\(golden.testDescription): \(match.differences.joined(separator: "\n"))")
      try remember(golden.name, reply, &values)
    }
  }

  /// What later events send: tokens that the replies hold, and those that are in a mail.
  private func remember(_ name: String, _ reply: Reply, _ values: inout [String: String]) throws {
    switch name {
    case "anonymous":
      values["ACCESS_TOKEN"] = try reply.text("accessToken")
      values["REFRESH_TOKEN"] = try reply.text("refreshToken")
    case "anonymous-spare":
      values["SPARE_ACCOUNT"] = try reply.text("account")
      values["SPARE_TOKEN"] = try reply.text("accessToken")
    case "login-again": values["SPARE_TOKEN"] = try reply.text("accessToken")
    case "device":
      values["DEVICE_CODE"] = try reply.text("device_code")
      values["USER_CODE"] = try reply.text("user_code")
    case "github":
      // A new person every time, so that the same run is possible twice in one database.
      let person = "&login=u\(Int.random(in: 1...Int.max / 2))"
      let brought = try GitHubStandIn.visit(try reply.text("authorizeUrl") + person)
      values["GITHUB_CODE"] = brought["code"]
      values["GITHUB_STATE"] = brought["state"]
    case "totp":
      let phone = try Phone(secret: try reply.text("secret"))
      values["TOTP_CODE"] = phone.code()
      values["NEXT_TOTP_CODE"] = phone.code(after: 1)
    case "totp-confirm":
      let account = try #require(values["SPARE_ACCOUNT"].flatMap(UUID.init(uuidString:)))
      _ = try Superuser.rows("SELECT breath.add_admin(\(account))")
    case "login-admin": values["ADMIN_TOKEN"] = try reply.text("accessToken")
    case "recovery-codes": values["RECOVERY_CODE"] = try reply.text("codes.0")
    case "share": values["SHARE"] = try reply.text("id")
    case "keys-make": values["KEY_ID"] = try reply.text("id")
    case "anonymous-other-machine": values["OTHER_TOKEN"] = try reply.text("accessToken")
    case "pairing", "pairing-for-merge": values["PAIRING_CODE"] = try reply.text("code")
    case "pairing-merge": values["MERGE"] = try reply.text("merge.merge")
    case "register", "password-reset":
      let account = try #require(values["SPARE_ACCOUNT"].flatMap(UUID.init(uuidString:)))
      values[name == "register" ? "CONFIRM_TOKEN" : "RESET_TOKEN"] = try Mail.last(of: account).token
    default: break
    }
  }

  /// So that the same run is possible twice in one database.
  private func forget(devices: [String]) throws {
    for device in try devices.map({ try #require(UUID(uuidString: $0)) }) {
      let account: SQL = "(SELECT account_id FROM breath.device_credentials WHERE device_id = \(device))"
      _ = try Superuser.connect().pipeline([
        "DELETE FROM breath.sessions WHERE account_id = \(account)",
        "DELETE FROM breath.day_totals WHERE account_id = \(account)",
        "DELETE FROM breath.accounts WHERE account_id = \(account)",
        "DELETE FROM breath.erased WHERE id_hash = sha256(uuid_send(\(device)))",
      ])
    }
  }
}
