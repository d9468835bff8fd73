package import Backend
import BreathDomain
package import Postgres
import Practice
package import StrictJSON

/// The body of `POST /v1/sync` (docs/sync.md). What is wrong with the frame fails the request; what is wrong with one
/// pushed item becomes that item's verdict.
package struct SyncRequest {
  var device = DeviceNews()
  /// Nil: as the account has it.
  var detail: Detail?
  var cursor: Cursor?
  package var push: Push
  var limit = SyncRequest.limitMax
  /// The caller's own rows come back too: for a machine that lost its copy.
  var includesOwn = false

  static let limitMax = 500

  /// - Parameter own: who asks; what is pushed is its own unless it says otherwise.
  package init(_ body: JSONNode, from own: DeviceID) throws(JSONMismatch) {
    _ = try body.object()
    device = try DeviceNews(body["device"])
    detail = try body["detail"].ifPresent(Detail.init)
    cursor = try body["cursor"].ifPresent(Cursor.init)
    push = try body["push"].ifPresent { node throws(JSONMismatch) in try Push(node, from: own) } ?? Push(from: own)
    limit =
      try body["limit"].ifPresent { node throws(JSONMismatch) in
        Int(try node.integer(in: 1...Int64(SyncRequest.limitMax)))
      } ?? SyncRequest.limitMax
    includesOwn = try body["own"].ifPresent { node throws(JSONMismatch) in try node.bool() } ?? false
  }
}

// MARK: - What it asks of the database

extension SyncRequest {
  /// Its writes, and what every sync reads behind them. The account must be locked where it pushes anything.
  /// - Parameter charge: of the bytes that were sent (`ByteLimit`).
  package func pipeline(
    by pusher: Pusher, charge: Pipeline<Void> = Pipeline(of: ())
  ) -> Pipeline<(Verdicts, SyncPage)> {
    let writes = Pipeline(
      joining: push.isEmpty ? Pipeline(of: ()) : charge,
      UpdateDevice.tell(device.asOf(pusher.caller), by: pusher),
      StorePush(push, sessions: sessions, by: pusher).pipeline
    ).map { _, notices, stored in
      var verdicts = Verdicts(notices: notices)
      verdicts.add(stored)
      return verdicts
    }
    return Pipeline(joining: writes, SyncPage.pipeline(of: pusher.caller, for: self))
  }

  /// `detail` says what the client sends, and chooses nothing (docs/decisions/0028).
  private var sessions: StorePush.Sessions {
    switch detail {
    case .sessions: .ifSharedElseFold(isListed: true)
    case .days: .no
    case nil: .ifShared
    }
  }
}

/// What a device says about itself; what it leaves out stays as it is.
struct DeviceNews {
  var name: String?
  var timeZone: StatedZone?
  /// What its clock shows as it sends.
  var clock: Timestamp?
  /// What of it is not taken. It never keeps out the practice that comes with it.
  private(set) var notices: [Notice] = []

  var hasAny: Bool { name != nil || timeZone != nil || clock != nil }

  init() {}

  /// A key has no zone of its own.
  func asOf(_ caller: Caller) -> DeviceNews {
    guard caller.isKey, timeZone != nil else { return self }
    var news = self
    news.timeZone = nil
    news.notices.append(.zoneOfKey)
    return news
  }

  init(_ node: JSONNode) throws(JSONMismatch) {
    guard node.exists else { return }
    _ = try node.object()
    do throws(JSONMismatch) {
      name = try node["name"].ifPresent { node throws(JSONMismatch) in try node.name().text }
    } catch {
      notices.append(.nameNotTaken(error))
    }
    timeZone = try node["timeZone"].ifPresent(StatedZone.init)
    clock = try node["clock"].ifPresent { node throws(JSONMismatch) in try node.timestamp() }
  }
}

extension Detail {
  init(_ node: JSONNode) throws(JSONMismatch) {
    guard let detail = Detail(rawValue: try node.string(length: 1...16)) else {
      throw node.mismatch("out_of_range", "must be \"days\" or \"sessions\"")
    }
    self = detail
  }
}

extension Cursor {
  init(_ node: JSONNode) throws(JSONMismatch) {
    guard let cursor = Cursor(try node.string(length: 1...64)) else {
      throw node.mismatch("invalid_cursor", "must be a cursor of an earlier answer, or null to begin anew")
    }
    self = cursor
  }
}
