import Backend
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

  /// What the reply has to say about the device besides: whether its time zone means nothing.
  var question: Pipeline<[Notice]> {
    guard let zone else { return Pipeline(of: []) }
    return Pipeline(
      "SELECT \(zone.known) IS NULL AS is_unknown_zone",
      row: { row in zone.notices(isUnknown: try row["is_unknown_zone"]) })
  }
}
