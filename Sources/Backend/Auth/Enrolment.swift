import FoundationEssentials
import Postgres
import StrictJSON

/// A device that presents itself: `{"device": {"id", "name", "timeZone"}, "secret"}`.
struct Enrolment {
  static let members = ["/device/id", "/device/name", "/device/timeZone", "/secret"]

  let id: DeviceID
  let name: String
  /// Where it says that it is; without it, where its person is at home.
  private let zone: StatedZone?
  let secretHash: [UInt8]

  init(_ body: JSONNode) throws(JSONMismatch) {
    let device = try body["device"].object()
    guard let uuid = UUID(uuidString: try device["id"].string(length: 1...64)) else {
      throw device["id"].mismatch("invalid_uuid", "must be a random UUID (RFC 9562) that this device keeps")
    }
    id = DeviceID(uuid: uuid)
    name = try device["name"].ifPresent { node throws(JSONMismatch) in try node.name().text } ?? "device"
    zone = try device["timeZone"].ifPresent(StatedZone.init)
    secretHash = try body["secret"].deviceSecretHash()
  }

  /// For the functions that let a device in, which take whatever it is.
  var timeZone: String? { zone?.text }

  /// Goes behind everything else in a pipeline that lets the device in.
  var question: SQL { "SELECT \(zone != nil) AND \(zone?.known ?? "NULL") IS NULL AS is_unknown_zone" }

  /// - Parameter results: of a pipeline that ends with `question`.
  func notices(_ results: [ResultSet]) throws -> [Notice] {
    guard let zone, let answer = results.last else { return [] }
    return zone.notices(isUnknown: try answer.only["is_unknown_zone"])
  }
}
