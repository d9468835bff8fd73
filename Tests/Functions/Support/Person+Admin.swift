import Foundation
import FunctionRuntime
import StrictJSON
import TestSupport
import Testing

extension Person {
  /// As the operator does it.
  static func admins(_ arguments: String...) throws -> Breath {
    try Breath(["admins"] + arguments, ["MIGRATE_DATABASE_URL": TestEnvironment.value("BREATH_TEST_DATABASE_URL")])
  }

  func makeAdmin() throws {
    let made = try Person.admins("add", device.account)
    try #require(made.status == 0, "\(made.output)")
  }

  /// Signed in as an administrator, on a machine of its own.
  static func admin() throws -> Device {
    let person = try Person()
    let phone = try person.turnOnSecondFactor()
    try person.makeAdmin()
    return try person.signedIn(with: phone.totp(after: 1))
  }

  /// On another machine, with password and second factor.
  func signedIn(with code: JSON) throws -> Device {
    let (id, secret) = (Device.newID(), Device.newSecret())
    let reply = try login(with: code, id: id, secret: secret)
    try #require(reply.status == 200, "\(reply.line)")
    return try Device(id: id, secret: secret, reply)
  }
}

extension Device {
  /// What its access token says.
  var role: String {
    get throws {
      let payload = try #require(accessToken.split(separator: ".").dropFirst().first)
      return try #require(try JSON(parsing: Array(Base64URL.bytes(String(payload))), limits: .trusted)["role"]?.string)
    }
  }

  func adminSession() throws -> Reply { try call(.admin, "GET", "/session") }
}
