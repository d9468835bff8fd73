import BreathDomain
import StrictJSON

/// The body of `POST /v1/sync` (DESIGN 6). What is wrong with the frame fails the request; what is wrong with one
/// pushed item becomes that item's verdict.
struct SyncRequest {
  var device = DeviceNews()
  /// Nil: as the account has it.
  var detail: Detail?
  var cursor: Cursor?
  var push: Push
  var limit = SyncRequest.limitMax
  /// The caller's own rows come back too: for a machine that lost its copy.
  var includesOwn = false

  static let limitMax = 500

  /// - Parameter own: who asks; what is pushed is its own unless it says otherwise.
  init(_ body: JSONNode, from own: DeviceID) throws(JSONMismatch) {
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

/// What a device says about itself; what it leaves out stays as it is.
struct DeviceNews {
  var name: String?
  var timeZone: String?
  /// What its clock shows as it sends.
  var clock: Timestamp?

  var hasAny: Bool { name != nil || timeZone != nil || clock != nil }

  init() {}

  init(_ node: JSONNode) throws(JSONMismatch) {
    guard node.exists else { return }
    _ = try node.object()
    name = try node["name"].ifPresent { node throws(JSONMismatch) in try node.text(length: 1...64) }
    timeZone = try node["timeZone"].ifPresent { node throws(JSONMismatch) in try node.timeZone() }
    clock = try node["clock"].ifPresent { node throws(JSONMismatch) in try node.timestamp() }
  }
}

extension JSONNode {
  /// An IANA name by its form; PostgreSQL, which knows them all, has the last word. The form alone keeps out what
  /// PostgreSQL would also take: offsets, abbreviations and POSIX rules. A rule has a digit, and of the names that have
  /// an area only `Etc/GMT±n` does.
  func timeZone() throws(JSONMismatch) -> String {
    let name = try string(length: 1...64)
    let isName = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"),
        UInt8(ascii: "/"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard name == "UTC" || isName && name.contains("/") || JSONNode.fixedOffsets.contains(name) else {
      throw mismatch("unknown_time_zone", "must be an IANA name like Europe/Berlin")
    }
    return name
  }

  private static let fixedOffsets: [String] =
    ["Etc/GMT0"] + (0...12).map { "Etc/GMT+\($0)" } + (0...14).map { "Etc/GMT-\($0)" }
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
