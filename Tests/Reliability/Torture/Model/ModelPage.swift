import BreathDomain
import StrictJSON

/// What a server answers: one page of what others wrote, and where the person stands.
struct ModelPage {
  private struct Item {
    let version: Int64
    let kind: String
    let device: DeviceID?
    let json: () -> JSON
  }

  private let state: ModelState
  private let caller: DeviceID
  private let bug: ServerBug?
  private let isRestart: Bool
  private let page: [Item]
  private let more: Bool
  private let cursor: String

  init(_ state: ModelState, for caller: DeviceID, _ body: JSON, seen: ModelState, _ bug: ServerBug?) {
    (self.state, self.caller, self.bug) = (state, caller, bug)
    let limit = Int(body["limit"]?.integer ?? 500)
    let parts = (body["cursor"]?.string ?? "").split(separator: ".").compactMap { Int64($0) }
    let isForeign = parts.count == 2 && (parts[0] != state.life || parts[1] > state.version)
    isRestart = isForeign && bug != .hidesRestart
    let from = parts.count == 2 && !isRestart ? parts[1] : 0
    let rows = bug == .twoSnapshotPull ? seen : state
    let found = ModelPage.items(rows, for: caller, from, own: body["own"]?.bool == true, bug)
    more = found.count > limit
    var kept = Array(found.prefix(limit))
    let last = kept.last?.version ?? state.version
    if bug == .dropsWinnerAtPageEnd, more, kept.last?.kind == "settings" { kept.removeLast() }
    if bug != .leavesOutDevicesOfItems { kept += ModelPage.devices(of: kept, rows, for: caller) }
    page = kept
    var next = more ? last : state.version
    if bug == .skipsRowAtPageEnd, more { next += 1 }
    if bug == .cursorJumpsToHead, more { next = state.version }
    cursor = "\(state.life).\(next)"
  }

  private static func items(
    _ state: ModelState, for caller: DeviceID, _ from: Int64, own: Bool, _ bug: ServerBug?
  ) -> [Item] {
    var items: [Item] = []
    for (device, sessions) in state.sessions {
      for (id, session) in sessions where session.version > from {
        let key = RecordKey(device: device, id: id)
        if let fact = session.fact {
          guard device != caller || own, state.tier == .sessions else { continue }
          items.append(
            Item(version: session.version, kind: "sessions", device: device) { fact.json(device, session.date) })
        } else if state.tier == .sessions, !session.isNameless,
          device != caller || own || bug != .leavesOutDeletionsOfOwn
        {
          items.append(
            Item(version: session.version, kind: "deletions", device: device) {
              ["session": .string(key.id), "device": .string(device.text)]
            })
        }
      }
    }
    for (device, days) in state.days where device != caller || own {
      for (date, day) in days where day.version > from {
        items.append(Item(version: day.version, kind: "days", device: device) { day.json(device, date) })
      }
    }
    for (key, setting) in state.settings where setting.version > from {
      if bug == .leavesOutOwnSettings && setting.winner == caller && !own { continue }
      items.append(Item(version: setting.version, kind: "settings", device: nil) { setting.json(key) })
    }
    for (id, device) in state.devices where device.version > from && id != caller {
      items.append(Item(version: device.version, kind: "devices", device: nil) { device.json(id) })
    }
    return items.sorted { $0.version < $1.version }
  }

  /// With each item comes the device it is of, so that a reset marker is never behind what was practised after it.
  private static func devices(of items: [Item], _ state: ModelState, for caller: DeviceID) -> [Item] {
    Set(items.compactMap(\.device)).sorted().compactMap { id in
      guard id != caller, let device = state.devices[id] else { return nil }
      return Item(version: 0, kind: "devices", device: nil) { device.json(id) }
    }
  }

  func answer(to push: ModelPush) -> JSON {
    var changes = JSONObject()
    for kind in ["sessions", "days", "settings", "deletions", "devices"] {
      changes[kind] = .array(page.filter { $0.kind == kind }.map { $0.json() })
    }
    if !push.lost.isEmpty {
      let winners = push.lost.sorted().compactMap { key in state.settings[key].map { $0.json(key) } }
      changes["settings"] = .array((changes["settings"]?.array ?? []) + winners)
    }
    var answer = JSONObject([
      ("cursor", .string(cursor)), ("more", .bool(more)), ("verdicts", .array(push.verdicts)),
      ("accepted", push.accepted), ("changes", .object(changes)), ("progress", progress),
      ("detail", .string(state.tier.rawValue)), ("digest", .string(digest)),
      ("device", ["reset": state.devices[caller]!.resetMs.map(JSON.time) ?? .null]),
    ])
    if isRestart {
      answer["restart"] = true
      answer["holdings"] = holdings
    }
    return .object(answer)
  }

  private var holdings: JSON {
    .array(
      state.devices.keys.sorted().map { device in
        let digest = state.digest(device)
        return ["device": .string(device.text), "records": JSON(digest.count), "digest": .string("\(digest)")]
      })
  }

  private var digest: String {
    if bug == .digestIgnoresDeletions {
      var state = state
      state.sessions = state.sessions.mapValues { $0.filter { $0.value.fact != nil } }
      return "\(state.digest(of: state.devices.keys))"
    }
    if bug == .digestDependsOnOrder {
      let hashes = state.sessions.values.flatMap(\.values).sorted { $0.version < $1.version }.map(\.hash.low)
      return "\(hashes.count)-\(RecordHash("\(hashes)").high)"
    }
    return "\(state.digest(of: state.devices.keys))"
  }

  private var progress: JSON {
    let days = state.countedDays
    let counters = state.devices.values.map(\.counters)
    let totals = state.totals
    return [
      "totalXP": .integer(totals.xp),
      "sessions": .integer(days.reduce(0) { $0 + $1.sessions }),
      "activeMs": .integer(days.reduce(0) { $0 + $1.activeMs }),
      "activeDays": JSON(Set(days.filter { $0.sessions > 0 }.map(\.date)).count),
      "streak": ["reported": .integer(counters.map(\.longestStreak).max() ?? 0)],
      "challengesCompleted": .integer(totals.challenges),
      "reportedActiveMs": .integer(totals.reportedActiveMs),
    ]
  }
}

extension ModelPush {
  var accepted: JSON {
    [
      "stored": JSON(counts.stored), "duplicate": JSON(counts.duplicate), "flagged": JSON(counts.flagged),
      "rejected": JSON(counts.rejected),
    ]
  }
}

// MARK: - Items of a page

extension Session {
  fileprivate func json(_ device: DeviceID, _ date: LocalDate) -> JSON {
    let fact = Fact(
      id: id, startedMs: startedAt.milliseconds, endedMs: endedAt.milliseconds, activeMs: activeMs, cycles: cycles,
      goalMinutes: goalMinutes, goalBonusXP: goalBonusXP, pledgeMultiplier: pledgeMultiplier,
      pledgeHonored: pledgeHonored, finalXP: finalXP)
    var json = fact.json
    json["device"] = .string(device.text)
    json["localDate"] = .string("\(date)")
    return .object(json)
  }
}

extension ModelState.Day {
  fileprivate func json(_ device: DeviceID, _ date: LocalDate) -> JSON {
    var json = counted.numbers.json
    json["date"] = .string("\(date)")
    json["device"] = .string(device.text)
    if derived != DayTotal(date: date) || twins != DayTotal(date: date) {
      json["reported"] = .object(reported.numbers.json)
    }
    return .object(json)
  }
}

extension ModelState.Setting {
  fileprivate func json(_ key: String) -> JSON {
    guard let winner, let stated = stated[winner] else { return .null }
    return [
      "module": "breathing", "key": .string(key), "value": .string(stated.value),
      "changedAt": .time(stated.changedAtMs), "device": .string(winner.text),
    ]
  }
}

extension ModelState.Device {
  fileprivate func json(_ id: DeviceID) -> JSON {
    [
      "id": .string(id.text), "name": .string(name), "timeZone": .string(zone), "revoked": false,
      "reset": resetMs.map(JSON.time) ?? .null,
    ]
  }
}
