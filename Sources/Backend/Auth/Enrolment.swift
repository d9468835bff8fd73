import FoundationEssentials
import StrictJSON

/// A device that presents itself: `{"device": {"id", "name", "timeZone"}, "secret"}`.
struct Enrolment {
  static let members = ["/device/id", "/device/name", "/device/timeZone", "/secret"]

  let id: DeviceID
  let name: String
  let timeZone: String
  let secretHash: [UInt8]

  init(_ body: JSONNode) throws(JSONMismatch) {
    let device = try body["device"].object()
    guard let uuid = UUID(uuidString: try device["id"].string(length: 1...64)) else {
      throw device["id"].mismatch("invalid_uuid", "must be a random UUID (RFC 9562) that this device keeps")
    }
    id = DeviceID(uuid: uuid)
    name = try device["name"].ifPresent { node throws(JSONMismatch) in try node.text(length: 1...64) } ?? "device"
    timeZone = try device["timeZone"].ifPresent { node throws(JSONMismatch) in try node.timeZone() } ?? "UTC"
    secretHash = try body["secret"].deviceSecretHash()
  }
}
