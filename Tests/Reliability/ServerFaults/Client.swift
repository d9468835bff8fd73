import Foundation
import StrictJSON

/// A client that follows docs/sync.md, "What a client must do": it keeps all it ever got, and after a restart it sends
/// again what the server says it lacks.
package final class Client {
  /// What a machine has of one device, itself or another.
  struct Holding {
    var sessions: [String: JSON] = [:]
    var deletions: Set<String> = []
    var days: [String: JSON] = [:]
  }

  private struct Outbox {
    var devices: [JSON] = [], sessions: [JSON] = [], days: [JSON] = [], deletions: [JSON] = []
    var isEmpty: Bool { devices.isEmpty && sessions.isEmpty && days.isEmpty && deletions.isEmpty }
    var push: JSON {
      [
        "devices": .array(devices), "sessions": .array(sessions), "days": .array(days), "deletions": .array(deletions),
      ]
    }
  }

  package let machine: Machine
  private var held: [String: Holding] = [:]
  private var devices: [String: JSON] = [:]
  private var outbox = Outbox()
  private var cursor = JSON.null
  /// How often the server said that its database is another.
  package private(set) var restarts = 0

  package init(_ machine: Machine) { self.machine = machine }

  // MARK: - What the person does

  package func practise(_ practices: [Practice]) {
    for practice in practices {
      held[machine.id, default: Holding()].sessions[practice.id] = practice.json
      outbox.sessions.append(practice.json)
    }
  }

  /// Five sessions of a day that is not told singly.
  package func report(day date: String) {
    let day: JSON = ["date": .string(date), "sessions": 5, "activeMs": 900_000, "cycles": 90, "xp": 100]
    held[machine.id, default: Holding()].days[date] = day
    outbox.days.append(day)
  }

  package func delete(_ id: String) {
    held[machine.id, default: Holding()].sessions[id] = nil
    held[machine.id, default: Holding()].deletions.insert(id)
    outbox.deletions.append(["session": .string(id)])
  }

  // MARK: - Sync

  /// Until nothing is left to send or to pull.
  package func sync(through process: FunctionProcess) throws {
    var isDone = false
    while !isDone {
      let answer = try process.answer(machine.sync(["detail": "sessions", "cursor": cursor, "push": outbox.push]))
      guard answer.status == 200, answer.body["accepted"]?["rejected"] == 0 else { throw Refused(answer: answer) }
      outbox = Outbox()
      let changes = answer.body["changes"]
      merge(changes)
      cursor = answer.body["cursor"] ?? .null
      if answer.body["restart"] == true { sendAgain(what: answer.body["holdings"]?.array ?? []) }
      isDone = answer.body["more"] != true && outbox.isEmpty
    }
  }

  private func merge(_ changes: JSON?) {
    for item in changes?["devices"]?.array ?? [] { devices[item["id"]?.string ?? ""] = item }
    for item in changes?["sessions"]?.array ?? [] { each(item, "id") { $0.sessions[$1] = item } }
    for item in changes?["days"]?.array ?? [] {
      each(item, "date") { $0.days[$1] = Client.merged($0.days[$1], item) }
    }
    for item in changes?["deletions"]?.array ?? [] {
      each(item, "session") { holding, id in
        holding.sessions[id] = nil
        holding.deletions.insert(id)
      }
    }
  }

  private func each(_ item: JSON, _ key: String, _ work: (inout Holding, String) -> Void) {
    guard let device = item["device"]?.string, let id = item[key]?.string else { return }
    work(&held[device, default: Holding()], id)
  }

  /// Everything of each device of which the server has something else.
  private func sendAgain(what holdings: [JSON]) {
    restarts += 1
    for (device, holding) in held {
      let theirs = holdings.first { $0["device"]?.string == device }?["digest"]?.string
      guard theirs != RecordDigest(holding.records(of: device)).text else { continue }
      let isOther = device != machine.id
      if isOther, let known = devices[device] { outbox.devices.append(known) }
      func named(_ item: JSON) -> JSON {
        guard isOther, var object = item.object else { return item }
        object["device"] = .string(device)
        return .object(object)
      }
      outbox.sessions += holding.sessions.values.map(named)
      outbox.days += holding.days.values.compactMap(Client.reported).map(named)
      outbox.deletions += holding.deletions.map { named(["session": .string($0)]) }
    }
  }

  /// Each reported number keeps the larger, as on the server: after a restart the server may tell an older day than the one
  /// that is held.
  private static func merged(_ held: JSON?, _ item: JSON) -> JSON {
    guard let held, var object = item.object else { return item }
    let larger = zip(Holding.reported(held), Holding.reported(item)).map { max($0, $1) }
    object["reported"] = .object(
      JSONObject(zip(Holding.dayNumbers, larger).map { (key: $0, value: JSON.integer($1)) }))
    return .object(object)
  }

  /// The day as it was reported; nil when it came from sessions only, with which it comes back.
  private static func reported(_ day: JSON) -> JSON? {
    let numbers = Holding.reported(day)
    guard numbers.contains(where: { $0 > 0 }), let date = day["date"] else { return nil }
    let members = zip(Holding.dayNumbers, numbers).map { (key: $0, value: JSON.integer($1)) }
    return .object(JSONObject([(key: "date", value: date)] + members))
  }

  /// Records that this machine holds and `other` does not.
  package func lacking(in other: Client) -> [String] {
    held.flatMap { device, holding in
      holding.records(of: device).subtracting(other.held[device, default: Holding()].records(of: device))
    }
  }
}
