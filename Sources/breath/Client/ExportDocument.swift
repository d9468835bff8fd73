internal import BreathDomain
internal import FoundationEssentials
internal import StrictJSON
internal import ToolSupport

/// An export of the extension as a file has it, and the parts in which it is sent when it is too large for one request.
struct ExportDocument {
  let json: JSON
  let sessions: [Session]
  /// Sessions that nobody can read.
  let unreadable: [JSONMismatch]
  let isSalvaged: Bool
  let fitsOneRequest: Bool
  private let counters: Counters

  private static let fileBytesMax = 256 << 20
  /// The platform takes 1 MB; and the reply, which has a verdict for each session, must fit into as much.
  private static let requestBytesMax = 900_000, requestSessionsMax = 3_000
  private static let batchSessionsMax = 500

  /// - Throws: `Failure.badInput` that says what is wrong with the file.
  init(contentsOf path: String) throws {
    let bytes = try ExportDocument.bytes(of: path)
    let (json, file) = try ExportDocument.read(bytes, of: path)
    self.json = json
    sessions = file.sessions
    counters = file.counters
    isSalvaged = file.wasSalvaged
    unreadable = file.records.compactMap { if case .unreadable(let mismatch, _) = $0 { mismatch } else { nil } }
    fitsOneRequest =
      json.encoded.count <= ExportDocument.requestBytesMax && sessions.count <= ExportDocument.requestSessionsMax
  }

  private static func read(_ bytes: [UInt8], of path: String) throws -> (JSON, ExportFile) {
    let json: JSON
    do {
      json = try JSON(parsing: bytes, limits: .trusted)
    } catch {
      throw Failure(
        .badInput, "\(path) is not JSON (\(error.code.spoken) at byte \(error.offset)): export it again.")
    }
    do {
      return (json, try ExportFile(JSONNode(json)))
    } catch {
      guard json["records"]?.object == nil else {
        throw Failure(
          .badInput,
          """
          \(path) is in the shape of the server's own export: what can be imported is 'breath export --shape extension'.
          """)
      }
      throw Failure(.badInput, "\(path) is no export of Breath Master: use the file that \"Export data\" wrote.")
    }
  }

  /// Begins a sentence about what is too large.
  func size(of path: String) -> String {
    "\(path) is too large for one request (\(sessions.count.grouped) sessions)"
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    if path == "-" { return try bytes(of: "/dev/stdin") }
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw Failure(.badInput, "\(path) is not there: name the file that \"Export data\" wrote.")
    }
    guard !isDirectory, let data = FileManager.default.contents(atPath: path) else {
      throw Failure(.badInput, "\(path) cannot be read: is it a file that you may read?")
    }
    guard data.count <= fileBytesMax else {
      throw Failure(.badInput, "\(path) has more than \(fileBytesMax >> 20) MB: no export is that large.")
    }
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]  // editors on Windows add one
    return Array(data.starts(with: byteOrderMark) ? data.dropFirst(byteOrderMark.count) : data)
  }
}

extension ExportDocument {
  /// The `push` member of one request.
  struct Batch {
    let count: Int
    let json: JSON
  }

  /// The counters come last: whoever has them has all the rest.
  var batches: [Batch] {
    let starts =
      sessions.isEmpty ? [0] : Array(stride(from: 0, to: sessions.count, by: ExportDocument.batchSessionsMax))
    return starts.map { start in
      let end = min(start + ExportDocument.batchSessionsMax, sessions.count)
      var push = JSONObject([("sessions", .array(sessions[start..<end].map(\.json)))])
      if end == sessions.count { push["counters"] = counters.json }
      return Batch(count: end - start, json: .object(push))
    }
  }
}

extension JSONSyntaxError.Code {
  /// For a person who exported a file and never saw JSON.
  fileprivate var spoken: String {
    switch self {
    case .empty: "it is empty"
    case .notUTF8: "it is not UTF-8"
    case .unexpectedByte: "something unexpected"
    case .unexpectedEnd: "it ends too early"
    case .trailingContent: "something after the end"
    case .duplicateKey: "a name that is there twice"
    case .nulCharacter: "a NUL character"
    case .numberOutOfRange: "a number that is too large"
    case .tooDeep, .tooManyItems, .tooManyKeys, .stringTooLong: "more than a file can have"
    }
  }
}

extension Session {
  /// As a push has it; what the device left out stays out.
  fileprivate var json: JSON {
    var members = JSONObject([
      ("id", .string(id)), ("startedAt", .string("\(startedAt)")), ("endedAt", .string("\(endedAt)")),
      ("activeMs", .integer(activeMs)), ("cycles", .integer(cycles)),
    ])
    members["goalMinutes"] = goalMinutes.map(JSON.double)
    members["goalBonusXP"] = goalBonusXP.map(JSON.integer)
    members["pledgeMultiplier"] = pledgeMultiplier.map(JSON.double)
    members["pledgeHonored"] = pledgeHonored.map(JSON.bool)
    members["finalXP"] = finalXP.map(JSON.double)
    return .object(members)
  }
}

extension Counters {
  fileprivate var json: JSON {
    [
      "totalXP": .integer(totalXP), "longestStreak": .integer(longestStreak),
      "challengesCompleted": .integer(challengesCompleted), "totalMeditationTime": .integer(totalMeditationMs),
    ]
  }
}
