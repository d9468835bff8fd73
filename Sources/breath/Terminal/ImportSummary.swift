internal import StrictJSON
internal import ToolSupport

/// What a server answered to all requests of an import.
struct ImportOutcome {
  /// One line for all items that met the same end for the same reason.
  struct Remark {
    let status, code, detail: String
    var count: Int
  }

  private(set) var stored: Int64 = 0, duplicate: Int64 = 0, flagged: Int64 = 0, rejected: Int64 = 0
  /// In the order of their first appearance.
  private(set) var remarks: [Remark] = []
  /// `progress` of the last reply, when everything was in.
  private(set) var progress: JSON = .null
  var isSalvaged = false

  mutating func add(_ reply: JSON) {
    let accepted = reply["accepted"]
    stored += accepted?["stored"]?.integer ?? 0
    duplicate += accepted?["duplicate"]?.integer ?? 0
    flagged += accepted?["flagged"]?.integer ?? 0
    rejected += accepted?["rejected"]?.integer ?? 0
    if reply["salvaged"]?.bool == true { isSalvaged = true }
    progress = reply["progress"] ?? .null
    for verdict in reply["verdicts"]?.array ?? [] {
      guard let status = verdict["status"]?.string, status != "duplicate" else { continue }
      let detail = ImportOutcome.detail(verdict["detail"]?.string ?? "", at: verdict["pointer"]?.string ?? "")
      count(status, verdict["code"]?.string ?? status, detail)
    }
  }

  /// Sessions that could not even be sent.
  mutating func reject(_ unreadable: [JSONMismatch]) {
    rejected += Int64(unreadable.count)
    for mismatch in unreadable {
      count("rejected", mismatch.code, ImportOutcome.detail(mismatch.detail, at: "\(mismatch.pointer)"))
    }
  }

  /// Begins with the member that is wrong, when the place is a member and not a whole item.
  private static func detail(_ detail: String, at pointer: String) -> String {
    guard let last = pointer.split(separator: "/").last, Int(last) == nil else { return detail }
    return "\(last) \(detail)"
  }

  private mutating func count(_ status: String, _ code: String, _ detail: String) {
    if let place = remarks.firstIndex(where: { $0.status == status && $0.code == code }) {
      remarks[place].count += 1
    } else {
      remarks.append(Remark(status: status, code: code, detail: detail, count: 1))
    }
  }
}

/// What a person reads at the end of an import.
struct ImportSummary {
  let file: String
  let name: DeviceName
  let server: ServerURL
  let isDryRun: Bool
  let detail: Import.Detail
  let outcome: ImportOutcome

  var text: String { ([heading, ""] + facts + [""] + stored + remarks).joined(separator: "\n") + "\n" }

  private var heading: String { ImportSummary.heading(file, name, server, isDryRun: isDryRun) }

  static func heading(_ file: String, _ name: DeviceName, _ server: ServerURL, isDryRun: Bool) -> String {
    let file = file.split(separator: "/").last.map { String($0) } ?? file
    return (isDryRun ? "Tried, and changed nothing: " : "Imported ") + "\(file.printable) as \"\(name)\" at \(server)"
  }

  private var facts: [String] { ProgressFacts(progress: outcome.progress).lines }

  private var stored: [String] {
    let what = detail == .days ? "  Days    " : "  Sessions"
    let counts = [
      (isDryRun ? "would be stored" : "stored", outcome.stored), ("duplicate", outcome.duplicate),
      ("flagged", outcome.flagged), ("rejected", outcome.rejected),
    ].map { "\($0.1.grouped) \($0.0)" }.joined(separator: ", ")
    let salvaged = "  The file was wrapped by version 0.3.3; its older, true numbers were recovered."
    return ["\(what)  \(counts)"] + (outcome.isSalvaged ? [salvaged] : [])
  }

  private var remarks: [String] { outcome.remarks.flatMap(\.lines) }
}

extension ImportOutcome.Remark {
  var lines: [String] { ["  · \(count.grouped) \(status): \(code)".printable, "    \(detail)".printable] }
}
