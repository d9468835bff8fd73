import StrictJSON

/// What the server has in the end.
struct ServerContent: Sendable {
  var sessions: [RecordKey: Fact] = [:]
  var deletions: Set<RecordKey> = []
  var counted: [DayKey: DayNumbers] = [:]
  var reported: [DayKey: DayNumbers] = [:]
  var settings: [String: Statement] = [:]
  var progress: JSON = [:]
  var tier = Tier.sessions
  var digest = ""
}

/// Reads all the server has, as a device would that begins anew, without being one.
struct ServerAudit {
  let device: DeviceID

  func run(_ ask: (JSON) throws -> Answer) throws -> ServerContent {
    var result = ServerContent()
    var cursor = JSON.null
    for _ in 0..<1_000 {
      let answer = try ask(["cursor": cursor, "own": true, "limit": 500])
      guard answer.status == 200 else { break }
      add(answer.body, to: &result)
      cursor = answer.body["cursor"] ?? .null
      if answer.body["more"]?.bool == false { return result }
    }
    throw Failure(kind: .diverged, what: "the server cannot be read to its end")
  }

  private func add(_ body: JSON, to result: inout ServerContent) {
    result.progress = body["progress"] ?? [:]
    result.tier = body["detail"]?.string.flatMap(Tier.init) ?? .sessions
    result.digest = body["digest"]?.string ?? ""
    func items(_ name: String) -> [(JSON, DeviceID)] {
      (body["changes"]?[name]?.array ?? []).map { ($0, DeviceID($0["device"]?.string ?? $0["id"]?.string ?? "")) }
    }
    for (item, device) in items("sessions") {
      if let fact = Fact(item) { result.sessions[RecordKey(device: device, id: fact.id)] = fact }
    }
    for (item, device) in items("deletions") {
      let key = RecordKey(device: device, id: item["session"]?.string ?? "")
      result.deletions.insert(key)
      result.sessions[key] = nil
    }
    for (item, device) in items("days") {
      let key = DayKey(device: device, date: item["date"]?.string ?? "")
      result.counted[key] = DayNumbers(item)
      result.reported[key] = DayNumbers(item["reported"] ?? item)
    }
    for (item, device) in items("settings") {
      guard let key = item["key"]?.string, let value = item["value"]?.string, let at = item["changedAt"]?.timeMs else {
        continue
      }
      result.settings[key] = Statement(value: value, changedAtMs: at, device: device)
    }
  }
}
