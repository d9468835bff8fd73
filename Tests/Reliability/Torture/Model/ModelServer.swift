import StrictJSON

/// The protocol of docs/sync.md in plain Swift and in memory: small enough to be seen to be right, and a place to plant
/// errors in.
final class ModelServer: Server {
  private let bug: ServerBug?
  private var state: ModelState
  private var backups: [ModelState] = []
  private var open: [Int: Transaction] = [:]
  private var lastTicket = 0
  private var lives = 1
  /// For `sequenceCursor`: numbers drawn outside of any transaction.
  private var sequence: Int64 = 0

  /// A request at work. The right server does all of it at once, while it holds the account; with some errors planted
  /// it looks first and writes later.
  private struct Transaction {
    let call: Call
    var seen: ModelState?
    var drawn: [Int64] = []
  }

  init(tier: Tier, bug: ServerBug?) {
    self.bug = bug
    state = ModelState(tier: tier)
  }

  func enrol(_ device: DeviceID, name: String, zone: Zone) {
    guard state.devices[device] == nil else { return }
    state.version += 1
    state.devices[device] = ModelState.Device(version: state.version, name: name, zone: zone.name)
  }

  func wallMs(journalMs: Int64) -> Int64 { journalMs }

  func submit(_ call: Call, fate: Fate) -> Int {
    lastTicket += 1
    open[lastTicket] = Transaction(call: call)
    return lastTicket
  }

  func advance(_ ticket: Int, nowMs: Int64, fate: Fate) -> Answer? {
    guard var transaction = open[ticket] else { return nil }
    if transaction.seen == nil {
      transaction.seen = state
      if bug == .sequenceCursor { transaction.drawn = draw(200) }
      open[ticket] = transaction
      return nil
    }
    open[ticket] = nil
    let before = state
    let answer = work(transaction, nowMs: nowMs)
    switch fate {
    case .lives: return answer
    case .killedBeforeCommit:
      state = before
      return bug == .acknowledgesBeforeCommit ? answer : nil
    case .killedAfterCommit: return nil
    }
  }

  var summary: String { state.summary }

  func heal() {}

  func isOpen(_ ticket: Int) -> Bool { open[ticket] != nil }

  private func draw(_ count: Int64) -> [Int64] {
    sequence = max(sequence, state.version)
    defer { sequence += count }
    return Array(sequence + 1...sequence + count)
  }

  private func work(_ transaction: Transaction, nowMs: Int64) -> Answer {
    guard state.devices[transaction.call.device] != nil else { return Answer(status: 401, body: [:]) }
    switch transaction.call.kind {
    case .choose(let tier):
      let removed = state.choose(tier, bug)
      return Answer(status: 200, body: ["detail": .string(state.tier.rawValue), "removed": JSON(removed)])
    case .sync(let body):
      var push = ModelPush(transaction.call.device, body, state, seen: transaction.seen!, nowMs: nowMs, bug)
      push.drawn = transaction.drawn
      guard push.apply() else { return Answer(status: 400, body: ["code": "invalid"]) }
      state = push.state
      let page = ModelPage(state, for: transaction.call.device, body, seen: transaction.seen!, bug)
      return Answer(status: 200, body: page.answer(to: push))
    }
  }
}

// MARK: - Backups

extension ModelServer {
  func backUp() { backups.append(state) }

  func restore(_ index: Int, isNoticed: Bool) {
    let life = state.life
    state = backups[index % backups.count]
    lives += 1
    state.life = isNoticed ? lives : life
  }

  var backupCount: Int { backups.count }
}
