internal import NIOHTTP1
internal import StrictJSON
internal import ToolSupport

/// `breath import --dry-run`: what an import would do. No device is made, here or there, and no code is used up.
struct ImportTrial {
  private let wish: Import
  private let export: ExportDocument
  private let name: DeviceName

  init(_ wish: Import, _ export: ExportDocument, _ name: DeviceName) {
    self.wish = wish
    self.export = export
    self.name = name
  }

  func text() async throws -> String {
    try await Client.to(wish.url) { client in
      guard let device = try DeviceFile(name).device(at: wish.url), device.isKnown else {
        return try await newDevice(client)
      }
      var lines: [String] = []
      if let code = wish.pair { lines = try await PairingPreview(code, device, name, client).lines + [""] }
      return lines.joined(separator: "\n") + (try await knownDevice(client))
    }
  }

  /// The server itself tries it.
  private func knownDevice(_ client: Client) async throws -> String {
    guard export.fitsOneRequest else {
      throw Failure(.badInput, "\(export.size(of: wish.file)) and cannot be tried: import it without --dry-run.")
    }
    var device = try await SignedInDevice(name, client)
    let path = "/v1/sync/import?detail=\(wish.detail.rawValue)&dryRun=true"
    var outcome = ImportOutcome()
    outcome.add(try await device.call(.POST, path, export.json).success())
    return ImportSummary(
      file: wish.file, name: name, server: wish.url, isDryRun: true, detail: wish.detail, outcome: outcome
    ).text
  }

  /// The server could try it only by making an account, so the file alone has to tell.
  private func newDevice(_ client: Client) async throws -> String {
    var facts = ["  Device    new here; an import would make an account for it"]
    if let code = wish.pair {
      let device = KeptDevice(timeZone: wish.timeZone ?? MachineZone.name)
      facts = try await PairingPreview(code, device, name, client).lines
    } else {
      _ = try await client.call(.GET, "/v1/admin/healthz").success()
    }
    var outcome = ImportOutcome()
    outcome.reject(export.unreadable)
    let sessions = Int64(export.sessions.count)
    facts += [
      wish.detail == .sessions
        ? "  Sessions  \(sessions.grouped) would be stored, \(export.unreadable.count.grouped) rejected"
        : "  Days      the totals of \(sessions.counted("session")) would be stored"
    ]
    let heading = ImportSummary.heading(wish.file, name, wish.url, isDryRun: true)
    return ([heading, ""] + facts + outcome.remarks.flatMap(\.lines)).joined(separator: "\n") + "\n"
  }
}
