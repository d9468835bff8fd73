import Backend
import BreathDomain
import FoundationEssentials
package import StrictJSON

// What a push may carry. `device` is whose it is: the caller's own unless the item names another one of the account, whose
// records the caller holds and the server may have lost (docs/sync.md).

package struct PushedSession {
  let session: Session
  let device: DeviceID
  /// The date it counts for where it was practised, when the pusher knows better than the device's present zone.
  var localDate: LocalDate?
  package let pointer: JSONPointer
}

package struct PushedDay {
  var day: DayTotal
  let device: DeviceID
  package let pointer: JSONPointer
}

package struct PushedSetting {
  let setting: Setting
  package let pointer: JSONPointer

  package var id: String { "\(setting.module.rawValue).\(setting.key)" }
}

package struct PushedDeletion {
  let session: String
  let device: DeviceID
  package let pointer: JSONPointer
}

/// Another device of the account as the caller last saw it.
struct KnownDevice {
  let id: DeviceID
  let name: String
  let timeZone: StatedZone?
  let reset: Timestamp?
  let pointer: JSONPointer
  /// What of it is not taken. The device is made known all the same: its records would have none otherwise.
  let notices: [Notice]
}

// MARK: - Reading

extension PushedSession {
  init(_ session: Session, of device: DeviceID, at pointer: JSONPointer) {
    self.session = session
    self.device = device
    self.pointer = pointer
  }

  init(_ item: JSONNode, from own: DeviceID) throws(JSONMismatch) {
    session = try Session(item)
    device = try item["device"].ifPresent(DeviceID.init) ?? own
    localDate = try item["localDate"].ifPresent { node throws(JSONMismatch) in try node.localDate() }
    pointer = item.pointer
    // No zone and no day start is farther than two days from the date in UTC; anything else is a mistake of the pusher.
    if let date = localDate, abs(date.days(since: session.startedAt.utcDate)) > 2 { localDate = nil }
  }
}

extension PushedDay {
  init(_ item: JSONNode, from own: DeviceID) throws(JSONMismatch) {
    day = try DayTotal(item)
    device = try item["device"].ifPresent(DeviceID.init) ?? own
    pointer = item.pointer
  }
}

extension PushedSetting {
  init(_ item: JSONNode) throws(JSONMismatch) {
    setting = try Setting(item)
    pointer = item.pointer
  }
}

extension PushedDeletion {
  init(_ item: JSONNode, from own: DeviceID) throws(JSONMismatch) {
    session = try item.object()["session"].string(length: 1...128)
    device = try item["device"].ifPresent(DeviceID.init) ?? own
    pointer = item.pointer
  }
}

extension KnownDevice {
  init(_ item: JSONNode) throws(JSONMismatch) {
    id = try DeviceID(item.object()["id"])
    do throws(JSONMismatch) {
      name = try item["name"].ifPresent { node throws(JSONMismatch) in try node.name().text } ?? "device"
      notices = []
    } catch {
      name = item["name"].json?.string.flatMap { Name(cleaning: $0)?.text } ?? "device"
      notices = [.nameNotTaken(error)]
    }
    timeZone = try item["timeZone"].ifPresent(StatedZone.init)
    reset = try item["reset"].ifPresent { node throws(JSONMismatch) in try node.timestamp() }
    pointer = item.pointer
  }
}

extension DeviceID {
  init(_ node: JSONNode) throws(JSONMismatch) {
    guard let uuid = UUID(uuidString: try node.string(length: 1...64)) else {
      throw node.mismatch("invalid_uuid", "must be a device's id (RFC 9562)")
    }
    self.init(uuid: uuid)
  }
}
