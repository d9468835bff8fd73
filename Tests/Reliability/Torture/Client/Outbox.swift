/// One thing a device still has to tell. Two entries are the same when they say the same: a day that has grown since it
/// was sent is another entry, which the answer to the first does not remove.
enum Entry: Hashable, Sendable {
  case session(RecordKey)
  case deletion(RecordKey)
  case day(DayKey, DayNumbers)
  case counters(CounterNumbers)
  case setting(String, Statement)
  /// Another device with its reset marker, which the server seems not to know.
  case device(DeviceID)
  /// An item that is no item, or of a device that nobody has named, as a client with an error might send.
  case nonsense(String)
  case ofNobody(String)
  /// Other content under the id of a session that is stored.
  case tampered(RecordKey)

  /// Entries with the same topic replace each other.
  enum Topic: Hashable {
    case session(RecordKey)
    case deletion(RecordKey)
    case day(DayKey)
    case counters
    case setting(String)
    case nonsense(String)
    case ofNobody(String)
    case tampered(RecordKey)
    case device(DeviceID)
  }

  var topic: Topic {
    switch self {
    case .session(let key): .session(key)
    case .deletion(let key): .deletion(key)
    case .day(let key, _): .day(key)
    case .counters: .counters
    case .setting(let key, _): .setting(key)
    case .nonsense(let id): .nonsense(id)
    case .ofNobody(let id): .ofNobody(id)
    case .device(let device): .device(device)
    case .tampered(let key): .tampered(key)
    }
  }
}

/// What a device still has to tell, in the order it came up.
struct Outbox: Sendable {
  private(set) var entries: [Entry] = []

  var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ entry: Entry) {
    let topic = entry.topic
    if let place = entries.firstIndex(where: { $0.topic == topic }) {
      entries[place] = entry
    } else {
      entries.append(entry)
    }
  }

  mutating func remove(_ entry: Entry) { entries.removeAll { $0 == entry } }

  mutating func removeAll(about topic: Entry.Topic) { entries.removeAll { $0.topic == topic } }

  mutating func removeAll(where isGone: (Entry) -> Bool) { entries.removeAll(where: isGone) }

  func setting(_ wanted: String) -> Statement? {
    for case .setting(wanted, let statement) in entries { return statement }
    return nil
  }
}
