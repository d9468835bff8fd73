internal import StrictJSON
internal import ToolSupport

/// What redeeming a code would come to, in lines that a person reads.
struct PairingPreview {
  private let reply: JSON

  init(_ code: String, _ device: KeptDevice, _ name: DeviceName, _ client: Client) async throws {
    reply = try await SignedInDevice.preview(code, for: device, name, client)
  }

  var lines: [String] {
    guard reply["merges"]?.bool == true else {
      return ["  Device    new here; it would join \(said(reply["before"]?["other"]))"]
    }
    return [
      "  This account   \(said(reply["before"]?["this"]))", "  The code's     \(said(reply["before"]?["other"]))",
      "  Both together  \(said(reply["after"]))",
    ]
  }

  private func said(_ standing: JSON?) -> String {
    func number(_ member: String) -> Int64 { standing?[member]?.integer ?? 0 }
    return "\(number("sessions").counted("session")) of \(number("devices").counted("device")), "
      + "\(number("totalXP").grouped) XP, level \(number("level"))"
  }
}
