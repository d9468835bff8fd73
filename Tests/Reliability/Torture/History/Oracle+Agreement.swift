/// Settings, and whether all devices hold the same in the end.
extension Oracle {
  func judgeSettings() throws(Failure) {
    // Settings are in no digest either.
    guard !profile.has(.unnoticedRestores) else { return }
    for (key, choices) in journal.chosen.sorted(by: { $0.key < $1.key }) {
      // Each device's last word on it; what a lost device said last may never have been heard.
      let last = Dictionary(grouping: choices, by: \.statement.device).compactMapValues(\.last)
      let sure = last.filter { isAlive($0.key) }
      guard let inForce = content.settings[key] else {
        if sure.isEmpty { continue }
        throw Failure(kind: .lost, what: "setting \(key)")
      }
      guard let winner = choices.first(where: { $0.statement.isSame(inForce) }) else {
        throw Failure(kind: .diverged, what: "setting \(key) is what nobody chose")
      }
      if isAlive(inForce.device), winner.statement != last[inForce.device]!.statement {
        throw Failure(kind: .lost, what: "setting \(key) is not what its device chose last")
      }
      for (device, rival) in sure.sorted(by: { $0.key < $1.key }) where device != inForce.device {
        try compare(key, winner, latest: latest(of: winner, in: choices), rival)
      }
    }
  }

  /// A device's statements follow one another: one that was made before its clock was set, and sent after, may be given a
  /// time too late, and then those behind it are later still.
  private func latest(of choice: Journal.Chosen, in choices: [Journal.Chosen]) -> Int64? {
    let place = choices.firstIndex { $0.statement == choice.statement } ?? 0
    let own = choices[...place].filter { $0.statement.device == choice.statement.device }
    guard choice.latestMs != nil else { return nil }
    return zip(own, (0..<own.count).reversed()).compactMap { earlier, since in
      earlier.latestMs.map { $0 + Int64(since) }
    }.max()
  }

  private func compare(_ key: String, _ winner: Journal.Chosen, latest: Int64?, _ rival: Journal.Chosen) throws(Failure)
  {
    guard let latest, let earliest = rival.earliestMs else { return }
    let isTie = latest == earliest && winner.statement.device > rival.statement.device
    guard
      latest < earliest
        || (latest == earliest && latest == winner.latestMs && !isTie && isPoint(winner) && isPoint(rival))
    else { return }
    throw Failure(
      kind: .lost, what: "setting \(key): \(rival.statement.value) is newer than \(winner.statement.value)")
  }

  private func isPoint(_ choice: Journal.Chosen) -> Bool { choice.earliestMs == choice.latestMs }

  func judgeAgreement() throws(Failure) {
    for client in living {
      let disk = client.disk
      if "\(disk.digest)" != content.digest {
        throw Failure(kind: .diverged, what: "digest of \(client.id) is \(disk.digest), the server's \(content.digest)")
      }
      for key in Set(content.settings.keys).union(disk.inForce.keys).sorted() {
        guard !(disk.shown(key)?.isSame(content.settings[key]) ?? (content.settings[key] == nil)) else { continue }
        guard !profile.has(.unnoticedRestores) else { continue }
        // Nobody can push what a lost device chose, so a restore may take it away.
        if let shown = disk.shown(key), !isAlive(shown.device), profile.losesData { continue }
        throw Failure(
          kind: .diverged,
          what:
            "setting \(key) is \(disk.shown(key)?.value ?? "-") on \(client.id), the server has \(content.settings[key]?.value ?? "-")"
        )
      }
      if let surprise = disk.surprises.first { throw Failure(kind: .diverged, what: "\(client.id): \(surprise)") }
      if client.repairs > 0, !profile.excusesRepairs {
        throw Failure(kind: .repaired, what: "\(client.id) had to begin anew to agree")
      }
    }
  }
}
