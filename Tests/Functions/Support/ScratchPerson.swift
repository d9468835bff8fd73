import Crypto
import CryptoExtras
import Foundation
import Postgres
import StrictJSON
import TestSupport
import Testing

/// Somebody with an address and a password in a database of a test's own, written there as docs/identity.md says.
struct ScratchPerson {
  let device: Device
  let email = Person.newEmail()
  let password = "tidal breathing"

  init(_ database: ScratchDatabase, _ auth: Executable) throws {
    device = try ScratchPerson.device(auth)
    let id = try device.accountID
    let (index, hash) = (try ScratchPerson.index(of: email), try ScratchPerson.hash(of: password))
    _ = try database.connect().pipeline([
      """
      INSERT INTO breath.logins (account_id, email, password_hash, confirmed_by)
      VALUES (\(id), '\\x01', \(hash), '\\x01')
      """,
      "INSERT INTO breath.login_addresses (email_index, account_id) VALUES (\(index), \(id))",
    ])
  }

  /// An anonymous one, from a network of its own.
  static func device(_ auth: Executable) throws -> Device {
    let (id, secret) = (Device.newID(), Device.newSecret())
    var event = Device.enrolment(id: id, secret: secret)
    event.headers["x-forwarded-for"] = "network \(Device.newID())"
    return try Device(id: id, secret: secret, try auth.answer(event))
  }

  static func index(of email: String) throws -> [UInt8] {
    let key = try Sealed.derived("breath: find addresses, 1")
    return Array(HMAC<SHA256>.authenticationCode(for: Data("address \(email.lowercased())".utf8), using: key))
  }

  private static func hash(of password: String) throws -> String {
    let salt = Data((0..<16).map { UInt8($0) })
    let key = try KDF.Scrypt.deriveKey(
      from: Data(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << 14, blockSize: 8, parallelism: 5)
    let tag = HMAC<SHA256>.authenticationCode(
      for: unsafe key.withUnsafeBytes { unsafe Data($0) }, using: try Sealed.derived("breath: season passwords, 1"))
    let phc = [salt, Data(tag)].map { $0.base64EncodedString().replacing("=", with: "") }
    return "$scrypt$ln=14,r=8,p=5,keyid=1$\(phc[0])$\(phc[1])"
  }
}
