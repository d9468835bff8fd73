import StrictJSON

extension ModelPush {
  mutating func store(setting item: JSON, at place: JSONPointer) {
    guard let key = item["key"]?.string, let value = item["value"]?.string, let changedAtMs = item["changedAt"]?.timeMs
    else { return say(.rejected, "missing", at: place) }
    var setting = state.settings[key] ?? ModelState.Setting()
    let known = setting.stated[device]
    if let known, known.changedAtMs > changedAtMs { return lose(key, at: place) }
    let isRepeated = known?.changedAtMs == changedAtMs
    if bug == .ownOlderSupersedes, !isRepeated, let known, known.correctedMs >= correct(changedAtMs) {
      return lose(key, at: place)
    }
    if !isRepeated || bug == .restampsSameStatement {
      setting.stated[device] = ModelState.Setting.Stated(
        value: value, changedAtMs: changedAtMs, correctedMs: correct(changedAtMs))
    }
    let winner = winner(of: setting)
    let isNew = !isRepeated && (winner == device || setting.winner != winner)
    setting.winner = winner
    if isNew { setting.version = nextVersion() }
    state.settings[key] = setting
    if winner != device, !(isRepeated && bug == .losingDuplicateIsDuplicate) { return lose(key, at: place) }
    say(isRepeated ? .duplicate : .stored, at: place)
  }

  private mutating func lose(_ key: String, at place: JSONPointer) {
    lost.insert(key)
    say(.superseded, "newer_value", at: place)
  }

  private func correct(_ changedAtMs: Int64) -> Int64 {
    let offset = bug == .ignoresClockOffset ? 0 : state.devices[device]!.clockOffsetMs
    return bug == .unclampedClock ? changedAtMs + offset : min(changedAtMs + offset, nowMs + 300_000)
  }

  private func winner(of setting: ModelState.Setting) -> DeviceID? {
    if bug == .arrivalOrderSettings { return device }
    return setting.stated.max { a, b in
      if a.value.correctedMs != b.value.correctedMs { return a.value.correctedMs < b.value.correctedMs }
      return bug == .tieByArrival ? b.key == device : a.key < b.key
    }?.key
  }
}
