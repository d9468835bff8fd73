import StrictJSON

/// What stands on descriptor 3 for one event, which must be one line of the right form whatever the event was.
struct Answer {
  let status: Int64
  let code: String?

  init(_ line: [UInt8]) throws {
    let lineFeed = UInt8(ascii: "\n")
    try require(line.last == lineFeed && line.count { $0 == lineFeed } == 1, "an answer is not one line")
    try require(line.count <= 1_048_576, "an answer is longer than the platform takes")
    let json: JSON
    do { json = try JSON(parsing: Array(line.dropLast()), limits: .trusted) } catch {
      throw Violation("an answer is not JSON: \(error.code)")
    }
    try require(
      json.object != nil && json["error"] == nil, "an answer is no object, or one the platform takes for a failure")
    guard let status = json["statusCode"]?.integer else { throw Violation("an answer has no status") }
    let code = json["body"]?["code"]?.string
    try require((200..<500).contains(status) || status == 503, "\(status) \(code ?? "")")
    try require(json["headers"]?["X-Request-Id"]?.string?.isEmpty == false, "an answer has no request id")
    (self.status, self.code) = (status, code)
  }
}
