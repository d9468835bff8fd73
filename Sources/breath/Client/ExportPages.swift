internal import NIOHTTP1
internal import StrictJSON
internal import ToolSupport

/// The pages of `GET /v1/sync/export`, and the one document that they make.
struct ExportPages {
  private let pages: [JSON]

  private static let rowsPerPage = 1000

  static func fetch(as device: inout SignedInDevice, _ shape: Export.Shape) async throws -> ExportPages {
    var pages: [JSON] = []
    var next: String? = "export?limit=\(rowsPerPage)" + (shape == .extension ? "&shape=extension" : "")
    while let target = next {
      guard target.hasPrefix("export?") else {
        throw Failure(.unavailable, "The server's link to the next page leads elsewhere: is --url right?")
      }
      let answer = try await device.call(.GET, "/v1/sync/\(target)")
      let page = try answer.success()
      pages.append(page)
      switch shape {
      case .extension: next = answer.next
      case .own:
        next =
          page["more"]?.bool == true ? page["cursor"]?.string.map { "export?limit=\(rowsPerPage)&cursor=\($0)" } : nil
      }
    }
    return ExportPages(pages: pages)
  }

  var sessionCount: Int { pages.reduce(0) { $0 + (sessions(in: $1)?.count ?? 0) } }

  private func sessions(in page: JSON) -> [JSON]? {
    (page["records"] ?? page["breathMaster"]?["meditation"])?["sessions"]?.array
  }

  /// The last page, which knows the sums best, with the records of all. A row that changed while we read came twice;
  /// its later form counts.
  var merged: JSON {
    var document = pages.last?.object ?? JSONObject()
    var records = JSONObject()
    for kind in document["records"]?.object?.members.map(\.key) ?? [] {
      records[kind] = .array(ExportPages.latest(pages.flatMap { $0["records"]?[kind]?.array ?? [] }))
    }
    document["records"] = .object(records)
    // What is kept besides: counters, plans, claims and so on, each line on one page.
    for kind in Set(pages.flatMap { $0.object?.members.filter { $0.value.array != nil }.map(\.key) ?? [] }).sorted() {
      document[kind] = .array(pages.flatMap { $0[kind]?.array ?? [] })
    }
    document["more"] = nil
    return .object(document)
  }

  var mergedAsExtension: JSON {
    var document = pages.last?.object ?? JSONObject()
    var store = document["breathMaster"]?.object ?? JSONObject()
    var meditation = store["meditation"]?.object ?? JSONObject()
    meditation["sessions"] = .array(pages.flatMap { sessions(in: $0) ?? [] })
    store["meditation"] = .object(meditation)
    document["breathMaster"] = .object(store)
    return .object(document)
  }

  private static func latest(_ records: [JSON]) -> [JSON] {
    var places: [[String?]: Int] = [:]
    return records.reduce(into: []) { list, record in
      let key = ["id", "device", "date", "session", "module", "key"].map { record[$0]?.string }
      if let place = places[key] {
        list[place] = record
      } else {
        places[key] = list.count
        list.append(record)
      }
    }
  }
}
