import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

/// A device that the bundled auth has let in.
struct Device: Sendable {
  let id: String
  let name: String
  let secret: String
  let account: String
  let accessToken: String
  let refreshToken: String

  init(name: String = Call.hex(), by auth: PlatformProxy) throws {
    (id, secret, self.name) = (UUID().uuidString.lowercased(), Base64URL.newSecret(), name)
    let answer = try auth.answer(
      Call(
        "POST", "/anonymous",
        json: [
          "device": ["id": .string(id), "name": .string(name), "timeZone": "UTC"], "secret": .string(secret),
        ]))
    try #require(answer.outcome == "201", "\(answer.line)")
    account = try answer.text("account")
    accessToken = try answer.text("accessToken")
    refreshToken = try answer.text("refreshToken")
    let choice: JSON = ["subject": "detail", "choice": "sessions", "textVersion": "1"]
    let chosen = try auth.answer(Call("POST", "/consents", token: accessToken, json: choice))
    try #require(chosen.outcome == "200", "\(chosen.line)")
  }

  func call(_ method: String, _ path: String, query: String = "", json: JSON? = nil) -> Call {
    Call(method, path, query: query, token: accessToken, json: json)
  }

  func push(_ sessions: [String], detail: String = "sessions") -> Call {
    call(
      "POST", "",
      json: [
        "detail": .string(detail),
        "push": ["sessions": .array(sessions.enumerated().map { Device.session($0.element, number: $0.offset) })],
      ])
  }

  static func session(_ id: String, number: Int) -> JSON {
    let start = Date(timeIntervalSince1970: 1_700_000_000 + Double(number) * 3600)
    func stamp(_ date: Date) -> JSON {
      .string(date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
    return [
      "id": .string(id), "startedAt": stamp(start), "endedAt": stamp(start.addingTimeInterval(300)),
      "activeMs": 300_000, "cycles": 21, "goalMinutes": 5, "goalBonusXP": 3, "finalXP": 24,
    ]
  }
}

extension FunctionName {
  /// The function with a database, here.
  func started(_ place: DatabasePlace = .socket) throws -> PlatformProxy {
    let proxy = try PlatformProxy()
    #expect(try proxy.initialise(zip, environment: environment(place)) == .initialised)
    return proxy
  }

  /// A request that is answered with 200 or 201, out of the database.
  func databaseCall() throws -> Call {
    switch self {
    case .sync: try Device(by: FunctionName.auth.started()).push([Call.hex()])
    case .stats: try Device(by: FunctionName.auth.started()).call("GET", "/summary")
    case .auth:
      Call(
        "POST", "/anonymous",
        json: [
          "device": ["id": .string(UUID().uuidString.lowercased()), "name": "laptop", "timeZone": "UTC"],
          "secret": .string(Base64URL.newSecret()),
        ])
    case .admin, .worker: Call("GET", "/readyz")
    }
  }
}
