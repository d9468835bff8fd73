import BreathDomain
import Foundation
import StrictJSON
import Testing

/// Reads JSON text as an import does.
func node(_ text: String) throws -> JSONNode { JSONNode(try JSON(parsing: text, limits: .importFile)) }

/// An export around what a test says of `meditation`.
func export(_ meditation: String, onboarding: String = "{}", version: String = "0.3.4") throws -> ExportFile {
  try ExportFile(
    node(
      """
      {"exportDate": "2025-08-29T19:26:41.678Z",
       "breathMaster": {"meditation": \(meditation), "onboarding": \(onboarding), "version": "\(version)"}}
      """))
}

func date(_ text: String) throws -> LocalDate { try #require(LocalDate(text)) }

func timestamp(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

/// What a broken rule about one member looks like: its place and the stable code.
func complaint(_ read: () throws(JSONMismatch) -> Void) -> String? {
  do throws(JSONMismatch) {
    try read()
    return nil
  } catch {
    return "\(error.pointer) \(error.code)"
  }
}

/// A file in `Exports`. All but `three-days-in-one-window` were written by the extension's own engine (0.3.5) with a
/// seeded clock; that one is shortened from such a file.
struct RecordedExport: Sendable, CustomTestStringConvertible {
  let name: String
  let zone: String

  static let costaRica = RecordedExport(name: "costa-rica-40-days", zone: "America/Costa_Rica")
  static let berlin = RecordedExport(name: "berlin-clock-set-back", zone: "Europe/Berlin")
  static let madrid = RecordedExport(name: "madrid-cleared-midway", zone: "Europe/Madrid")
  static let sample = RecordedExport(name: "three-days-in-one-window", zone: "America/Costa_Rica")

  static let all = [costaRica, berlin, madrid, sample]

  var testDescription: String { name }

  func document() throws -> JSONNode {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Exports")
    return try node(String(contentsOf: folder.appending(path: "\(name).json"), encoding: .utf8))
  }

  func read() throws -> ExportFile { try ExportFile(document()) }

  /// The dates on which a session began on that machine.
  func practiceDates() throws -> PracticeDates {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: zone))
    return PracticeDates(
      try read().sessions.map { session in
        let parts = calendar.dateComponents([.year, .month, .day], from: session.startedAt.date)
        return try #require(LocalDate(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0))
      })
  }
}
